package io.cooper.flux.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Writes contents out of git's store into a folder, byte by byte as they were committed: no line
/// endings, filters or LFS in between, because Flux knows none of them.
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
    var receiver = new Receiver(paths);
    if (!paths.isEmpty()) {
      git.stream(List.copyOf(paths.keySet()), receiver, "cat-file", "--batch", "--buffer");
    }
    var missing = new TreeSet<String>();
    files.stream()
        .filter(file -> lacking.contains(file.object()) || receiver.missing.contains(file.object()))
        .forEach(file -> missing.add(file.path()));
    return missing;
  }

  /// Takes the stream of `cat-file --batch` apart: a header line, the bytes, a line feed.
  private static final class Receiver extends OutputStream {
    private final Map<String, List<Path>> paths;
    private final Set<String> missing = new TreeSet<>();
    private final ByteArrayOutputStream header = new ByteArrayOutputStream(80);
    private OutputStream file = OutputStream.nullOutputStream();
    private String object = "";
    private long left = -1;

    Receiver(Map<String, List<Path>> paths) {
      this.paths = paths;
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
          finish();
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
      var first = paths.getOrDefault(object, List.of()).stream().findFirst();
      if (first.isPresent()) {
        Files.createDirectories(first.get().getParent());
        file = Files.newOutputStream(first.get());
      }
    }

    private void finish() throws IOException {
      file.close();
      file = OutputStream.nullOutputStream();
      left = -1;
      var all = paths.getOrDefault(object, List.of());
      for (var copy : all.subList(Math.min(1, all.size()), all.size())) {
        Files.createDirectories(copy.getParent());
        Files.copy(all.getFirst(), copy);
      }
    }
  }
}
