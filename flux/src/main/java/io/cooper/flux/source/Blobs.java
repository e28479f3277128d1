package io.cooper.flux.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Takes contents out of git's store, byte by byte as they were committed: no line endings, filters
/// or LFS in between, because Flux knows none of them.
final class Blobs {
  private final Git git;

  Blobs(Git git) {
    this.git = git;
  }

  /// Writes files below a folder.
  ///
  /// @param lacking ids of contents that the repository is known not to have
  /// @return paths whose content the repository does not have
  Set<String> write(Collection<TrackedFile> files, Set<String> lacking, Path folder) {
    var paths = new LinkedHashMap<String, List<Path>>();
    files.stream()
        .filter(file -> !lacking.contains(file.object()))
        .forEach(file ->
            paths
                .computeIfAbsent(file.object(), _ -> new ArrayList<>())
                .add(folder.resolve(file.path())));
    var away = new TreeSet<>(lacking);
    away.addAll(take(paths.keySet(), new ToFiles(paths)));
    var missing = new TreeSet<String>();
    files.stream()
        .filter(file -> away.contains(file.object()))
        .forEach(file -> missing.add(file.path()));
    return missing;
  }

  /// Reads contents into memory.
  ///
  /// @return bytes by blob id; nothing for those that the repository does not have
  Map<String, byte[]> read(Collection<TrackedFile> files) {
    var taken = new ToMemory(new HashMap<>());
    take(files.stream().map(TrackedFile::object).collect(Collectors.toSet()), taken);
    return taken.found();
  }

  /// @return the ids that the repository does not have
  private Set<String> take(Collection<String> ids, Taker taker) {
    var receiver = new Receiver(taker);
    if (!ids.isEmpty()) {
      git.stream(List.copyOf(ids), receiver, "cat-file", "--batch", "--buffer");
    }
    return receiver.missing;
  }

  /// Gets contents one after the other.
  private interface Taker {
    OutputStream begin(String id) throws IOException;

    void end(String id, OutputStream all) throws IOException;
  }

  private record ToFiles(Map<String, List<Path>> paths) implements Taker {
    @Override
    public OutputStream begin(String id) throws IOException {
      var first = paths.getOrDefault(id, List.of()).getFirst();
      Files.createDirectories(first.getParent());
      return Files.newOutputStream(first);
    }

    @Override
    public void end(String id, OutputStream all) throws IOException {
      all.close();
      var same = paths.getOrDefault(id, List.of());
      for (var copy : same.subList(1, same.size())) {
        Files.createDirectories(copy.getParent());
        Files.copy(same.getFirst(), copy);
      }
    }
  }

  private record ToMemory(Map<String, byte[]> found) implements Taker {
    @Override
    public OutputStream begin(String id) {
      return new ByteArrayOutputStream();
    }

    @Override
    public void end(String id, OutputStream all) {
      found.put(id, ((ByteArrayOutputStream) all).toByteArray());
    }
  }

  /// Takes the stream of `cat-file --batch` apart: a header line, the bytes, a line feed.
  private static final class Receiver extends OutputStream {
    private final Taker taker;
    private final Set<String> missing = new TreeSet<>();
    private final ByteArrayOutputStream header = new ByteArrayOutputStream(80);
    private OutputStream file = OutputStream.nullOutputStream();
    private String object = "";
    private long left = -1;

    Receiver(Taker taker) {
      this.taker = taker;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int at = offset;
      int end = offset + length;
      while (at < end) {
        if (left > 0) {
          int take = (int) Math.min(left, end - at);
          file.write(bytes, at, take);
          left -= take;
          at += take;
        } else if (left == 0) {
          taker.end(object, file);
          left = -1;
          at++;
        } else if (bytes[at] == '\n') {
          begin(header.toString(StandardCharsets.US_ASCII).split(" ", -1));
          header.reset();
          at++;
        } else {
          header.write(bytes[at]);
          at++;
        }
      }
    }

    private void begin(String[] words) throws IOException {
      object = words[0];
      if (words.length < 3) {
        missing.add(object);
        return;
      }
      left = Long.parseLong(words[2]);
      file = taker.begin(object);
    }
  }
}
