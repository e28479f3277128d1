package io.cooper.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// A store in a folder: the default that needs nothing else, and a real target on a mounted volume.
///
/// An object is a file of the same path, see [FileNames]. It is written beside its place under
/// another name, forced to the disk, renamed, and the rename forced to the disk as well: after a
/// power failure it is there whole or not at all. Tags are not kept.
///
/// An object that must be new is put in its place by a hard link, which also decides between two
/// processes; on a file system without hard links, only writers of the same process are told apart.
public final class FolderStore implements ObjectStore {
  /// How often another writer may come between two looks at one file or folder.
  private static final int ATTEMPTS = 16;

  /// Held while a file takes its place on a file system without hard links.
  private static final Object WITHOUT_LINKS = new Object();

  private final Path root;
  private final String name;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// A store in a folder, which is made at the first write.
  public FolderStore(Path root) {
    this.root = root.toAbsolutePath().normalize();
    this.name = "file://" + this.root;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    var file = file(key);
    try {
      return new NewFile(key, file, intent.replace());
    } catch (IOException cause) {
      throw failure(key, "cannot be written", cause);
    }
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    var file = file(key);
    try {
      for (int attempt = 1; ; attempt++) {
        var before = attributes(file).orElseThrow(() -> new NoSuchFileException(key));
        var channel = FileChannel.open(file, READ);
        try {
          var object = object(key, before);
          if (attributes(file).map(after -> object(key, after)).equals(Optional.of(object))
              || attempt == ATTEMPTS) {
            channel.position(Math.min(from, object.size()));
            return StoredBytes.of(name, object, Channels.newInputStream(channel), from, length);
          }
          channel.close();
        } catch (IOException | RuntimeException failed) {
          channel.close();
          throw failed;
        }
      }
    } catch (NoSuchFileException absent) {
      throw Problems.noSuchObject(name, key);
    } catch (IOException cause) {
      throw failure(key, "cannot be read", cause);
    }
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    requireOpen();
    Keys.check(name, key);
    if (!FileNames.fits(key)) {
      return Optional.empty();
    }
    try {
      return attributes(file(key)).map(found -> object(key, found));
    } catch (IOException cause) {
      throw failure(key, "cannot be looked up", cause);
    }
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    requireOpen();
    return walk(prefix, after, false).map(found -> object(found.key, found.attributes));
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    requireOpen();
    try {
      var children = new ArrayList<String>();
      for (var child : children(folder)) {
        if (child.isFolder()) {
          try (var inside = walk(child.key, "", false)) {
            if (inside.findFirst().isPresent()) {
              children.add(Keys.childFolder(folder, child.key));
            }
          }
        }
      }
      return children;
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    requireOpen();
    var failures = new ArrayList<StoreException>();
    for (var key : Keys.check(name, keys)) {
      if (FileNames.fits(key)) {
        try {
          remove(file(key));
        } catch (IOException cause) {
          failures.add(failure(key, "cannot be removed", cause));
        }
      }
    }
    Problems.throwFirst(failures, keys.size());
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    requireOpen();
    try (var leftovers = walk(prefix, "", true)) {
      return leftovers.<Abandoned>map(Leftover::new).toList();
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  @Override
  public void close() {
    closed.set(true);
  }

  private void requireOpen() throws StoreException {
    if (closed.get()) {
      throw Problems.closed(name, "the store");
    }
  }

  private Path file(String key) throws StoreException {
    requireOpen();
    Keys.check(name, key);
    if (!FileNames.fits(key)) {
      throw new StoreException(
          new Problem(
              Code.STORE_REFUSED,
              name + "/" + key,
              "a part of the key is longer than a file name can be",
              "use parts of at most %d bytes between two /".formatted(FileNames.AT_MOST_BYTES)));
    }
    return root.resolve(FileNames.of(key));
  }

  private static Optional<BasicFileAttributes> attributes(Path file) throws IOException {
    try {
      var found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return Optional.of(found).filter(BasicFileAttributes::isRegularFile);
    } catch (NoSuchFileException | NotDirectoryException absent) {
      return Optional.empty();
    } catch (FileSystemException notAFolder) {
      // A part of the path is a file; Linux says so with a message only.
      if (Files.isDirectory(existingParent(file))) {
        throw notAFolder;
      }
      return Optional.empty();
    }
  }

  private static Path existingParent(Path file) {
    var parent = Objects.requireNonNull(file.getParent());
    while (!Files.exists(parent)) {
      parent = Objects.requireNonNull(parent.getParent());
    }
    return parent;
  }

  private static StoredObject object(String key, BasicFileAttributes file) {
    var modified = file.lastModifiedTime();
    var etag = "%x-%x-%s".formatted(file.size(), modified.to(TimeUnit.NANOSECONDS), file.fileKey());
    return new StoredObject(key, file.size(), modified.toInstant(), etag);
  }

  /// A file or folder below the root; a folder's key ends with `/`, for that decides its order.
  private record Found(String key, Path path, BasicFileAttributes attributes) {
    boolean isFolder() {
      return attributes.isDirectory();
    }

    boolean mayHold(String prefix) {
      return key.startsWith(prefix) || (isFolder() && prefix.startsWith(key));
    }

    boolean isLeftover() {
      return FileNames.isUnfinished(FileNames.last(path));
    }
  }

  /// All files whose key begins with a prefix, in the order of keys; one folder at a time is read.
  private Stream<Found> walk(String prefix, String after, boolean leftovers) throws StoreException {
    var folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    var waiting = new ArrayDeque<Found>();
    push(waiting, folder, prefix, after);
    return Stream.generate(() -> next(waiting, prefix, after))
        .takeWhile(Optional::isPresent)
        .flatMap(Optional::stream)
        .filter(found -> found.isLeftover() == leftovers);
  }

  private Optional<Found> next(ArrayDeque<Found> waiting, String prefix, String after) {
    try {
      while (!waiting.isEmpty()) {
        var found = waiting.pop();
        if (!found.isFolder()) {
          return Optional.of(found);
        }
        push(waiting, found.key, prefix, after);
      }
      return Optional.empty();
    } catch (StoreException failed) {
      throw new UncheckedStoreException(failed);
    }
  }

  private void push(ArrayDeque<Found> waiting, String folder, String prefix, String after)
      throws StoreException {
    var wanted =
        children(folder).stream()
            .filter(child -> child.mayHold(prefix))
            .filter(child -> comesAfter(child, after))
            .toList();
    wanted.reversed().forEach(waiting::push);
  }

  private static boolean comesAfter(Found child, String after) {
    return Keys.ORDER.compare(child.key, after) > 0
        || (child.isFolder() && after.startsWith(child.key));
  }

  private List<Found> children(String folder) throws StoreException {
    var key = folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1);
    if (!FileNames.fits(key)) {
      return List.of();
    }
    var path = root.resolve(FileNames.of(key));
    var children = new ArrayList<Found>();
    try (var entries = Files.newDirectoryStream(path)) {
      for (var entry : entries) {
        found(folder, entry).ifPresent(children::add);
      }
    } catch (NoSuchFileException | NotDirectoryException absent) {
      return List.of();
    } catch (IOException cause) {
      throw failure(folder, "cannot be listed", cause);
    } catch (DirectoryIteratorException cause) {
      throw failure(folder, "cannot be listed", new IOException(cause.getMessage(), cause));
    }
    children.sort((a, b) -> Keys.ORDER.compare(a.key, b.key));
    return children;
  }

  private static Optional<Found> found(String folder, Path entry) throws IOException {
    try {
      var attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile() && !attributes.isDirectory()) {
        return Optional.empty();
      }
      var key = FileNames.key(FileNames.last(entry));
      return key.map(own ->
          new Found(folder + own + (attributes.isDirectory() ? "/" : ""), entry, attributes));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }

  private void remove(Path file) throws IOException {
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      Files.deleteIfExists(file);
      force(parent(file));
      removeEmptyFolders(parent(file));
    } catch (NoSuchFileException gone) {
      // Somebody else removed it, with its folder.
    }
  }

  private void removeEmptyFolders(Path folder) throws IOException {
    for (var each = folder; !each.equals(root) && each.startsWith(root); each = parent(each)) {
      try {
        Files.deleteIfExists(each);
      } catch (DirectoryNotEmptyException stillUsed) {
        return;
      }
    }
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  /// Makes a folder, and what is above it, in a way that survives a power failure.
  private static void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    makeFolder(parent(folder));
    try {
      Files.createDirectory(folder);
      force(parent(folder));
    } catch (FileAlreadyExistsException exists) {
      if (!Files.isDirectory(folder)) {
        throw exists;
      }
    }
  }

  /// Forces the entries of a folder to the disk.
  private static void force(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  private StoreException failure(String key, String what, IOException cause) {
    var where = key.isEmpty() ? name : name + "/" + key;
    if (cause instanceof StoreException known) {
      return known;
    }
    if (isFolderConflict(cause)) {
      return new StoreException(
          new Problem(
              Code.STORE_REFUSED,
              where,
              what + ": a part of this key is an object, or the key is a folder of other objects",
              "use a key that is no folder of another one"),
          cause);
    }
    boolean denied = cause instanceof AccessDeniedException;
    return new StoreException(
        new Problem(
            denied ? Code.STORE_DENIED : Code.DISK,
            where,
            "%s: %s".formatted(what, denied ? "access denied" : reason(cause)),
            denied
                ? "allow this user to read and write " + root
                : "make room there, and see whether it is mounted for writing: " + root),
        cause);
  }

  private static boolean isFolderConflict(IOException cause) {
    return cause instanceof FileAlreadyExistsException
        || cause instanceof NotDirectoryException
        || (cause instanceof FileSystemException system
            && List.of("Not a directory", "Is a directory").contains(reason(system)));
  }

  private static String reason(IOException cause) {
    if (cause instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return String.valueOf(cause.getMessage());
  }

  /// A file that becomes an object by its new name.
  private final class NewFile implements NewObject {
    private final String key;
    private final Path target;
    private final boolean replace;
    private Path unfinished;
    private final FileChannel channel;
    private boolean ended;

    NewFile(String key, Path target, boolean replace) throws IOException {
      this.key = key;
      this.target = target;
      this.replace = replace;
      this.unfinished = target;
      this.channel = openBesideTarget();
    }

    private FileChannel openBesideTarget() throws IOException {
      for (int attempt = 1; ; attempt++) {
        makeFolder(parent(target));
        unfinished =
            target.resolveSibling(
                FileNames.unfinished(
                    HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()),
                    FileNames.last(target)));
        try {
          return FileChannel.open(unfinished, WRITE, CREATE_NEW);
        } catch (NoSuchFileException folderIsGone) {
          if (attempt == ATTEMPTS) {
            throw folderIsGone;
          }
        }
      }
    }

    @Override
    public OutputStream bytes() {
      return new OutputStream() {
        @Override
        public void write(int one) throws IOException {
          write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
          requireUnfinished();
          var bytes = ByteBuffer.wrap(from, offset, length);
          try {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          } catch (IOException cause) {
            throw failure(key, "cannot be written", cause);
          }
        }
      };
    }

    @Override
    public StoredObject commit() throws StoreException {
      requireUnfinished();
      try {
        channel.force(true);
        channel.close();
        // Neither the rename nor the link changes these; the target may be another's a moment
        // later.
        var object = object(key, Files.readAttributes(unfinished, BasicFileAttributes.class));
        putInPlace();
        force(parent(target));
        return object;
      } catch (IOException cause) {
        throw failure(key, "cannot be written", cause);
      } finally {
        close();
      }
    }

    private void putInPlace() throws IOException {
      if (replace) {
        if (Files.isDirectory(target)) {
          throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        return;
      }
      try {
        Files.createLink(target, unfinished);
      } catch (FileAlreadyExistsException taken) {
        throw exists(taken);
      } catch (UnsupportedOperationException | FileSystemException noLinks) {
        moveUnlessTaken();
      }
    }

    private void moveUnlessTaken() throws IOException {
      synchronized (WITHOUT_LINKS) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
          throw exists(new FileAlreadyExistsException(target.toString()));
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }

    private IOException exists(FileAlreadyExistsException taken) {
      return Files.isDirectory(target) ? taken : Problems.exists(name, key);
    }

    private void requireUnfinished() throws StoreException {
      requireOpen();
      if (ended) {
        throw Problems.closed(name + "/" + key, "the new object");
      }
    }

    @Override
    public void close() {
      if (ended) {
        return;
      }
      ended = true;
      try {
        channel.close();
        Files.deleteIfExists(unfinished);
        removeEmptyFolders(parent(target));
      } catch (IOException leftToBeFound) {
        // It is in the list of what was abandoned.
      }
    }
  }

  /// A file of a writer that did not finish, or has not yet.
  private final class Leftover implements Abandoned {
    private final Found found;

    Leftover(Found found) {
      this.found = found;
    }

    @Override
    public String key() {
      return found.key;
    }

    @Override
    public Instant begun() {
      var created = found.attributes.creationTime().toInstant();
      var changed = found.attributes.lastModifiedTime().toInstant();
      return created.isBefore(changed) ? created : changed;
    }

    @Override
    public void remove() throws StoreException {
      try {
        FolderStore.this.remove(found.path);
      } catch (IOException cause) {
        throw failure(found.key, "cannot be removed", cause);
      }
    }
  }
}
