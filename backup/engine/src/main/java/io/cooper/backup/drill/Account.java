package io.cooper.backup.drill;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// As whom the server runs: PostgreSQL refuses to be root. Closed.
sealed interface Account {
  /// What its command begins with.
  List<String> prefix();

  /// Lets the server have a file or folder, and all that is in it.
  void give(Path path) throws IOException;

  /// As the caller, who is not root.
  record Same() implements Account {
    @Override
    public List<String> prefix() {
      return List.of();
    }

    @Override
    public void give(Path path) {}
  }

  /// As another user, whom the files then belong to.
  record Other(int uid, int gid) implements Account {
    @Override
    public List<String> prefix() {
      return List.of(
          "setpriv", "--reuid", "" + uid, "--regid", "" + gid, "--clear-groups", "--no-new-privs");
    }

    @Override
    public void give(Path path) throws IOException {
      try (var all = Files.walk(path)) {
        all.forEach(this::own);
      } catch (UncheckedIOException cause) {
        throw cause.getCause();
      }
    }

    private void own(Path file) {
      try {
        Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
      } catch (IOException cause) {
        throw new UncheckedIOException(cause);
      }
    }
  }

  /// As root without its rights and without a name: in a user namespace of its own, where files
  /// stay root's and cannot be told from its own. For folders that other users cannot reach.
  record Nameless() implements Account {
    @Override
    public List<String> prefix() {
      return List.of("unshare", "--user");
    }

    /// An archive restores the owners that files had elsewhere.
    @Override
    public void give(Path path) throws IOException {
      new Other(0, 0).give(path);
    }
  }

  /// Who can run a server on a folder.
  ///
  /// @param places folders that it must reach
  /// @throws io.cooper.problem.ProblemException with [Code#TOOL_MISSING] if nobody can
  static Account forServerIn(List<Path> places) throws InterruptedException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return new Same();
    }
    if (places.stream().allMatch(Account::isReachable)
        && runs("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "true")) {
      return namedPostgres().orElseGet(() -> new Other(65534, 65534));
    }
    if (runs("unshare", "--user", "true")) {
      return new Nameless();
    }
    throw new Problem(
            Code.TOOL_MISSING,
            "this user, root",
            "cannot run PostgreSQL, which refuses root, and neither setpriv nor unshare can make it another user on "
                + places,
            "run the drill as another user, or install util-linux and take a scratch folder that all can reach")
        .asException();
  }

  /// The user `postgres`, if there is one here.
  private static Optional<Account> namedPostgres() {
    try (var users = Files.lines(Path.of("/etc/passwd"))) {
      return users
          .filter(line -> line.startsWith("postgres:"))
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length > 3)
          .<Account>map(
              fields -> new Other(Integer.parseInt(fields[2]), Integer.parseInt(fields[3])))
          .findFirst();
    } catch (IOException | UncheckedIOException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// Whether anybody may go through all folders above a place.
  private static boolean isReachable(Path place) {
    return Stream.iterate(
            place.toAbsolutePath().normalize().getParent(), Objects::nonNull, Path::getParent)
        .allMatch(folder -> {
          try {
            return Files.getPosixFilePermissions(folder)
                .contains(PosixFilePermission.OTHERS_EXECUTE);
          } catch (IOException _) {
            return false;
          }
        });
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException _) {
      return false;
    }
  }
}
