package io.cooper.backup.wal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.store.ObjectStore;
import io.cooper.store.s3.MinioServer;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Archived by the engine, recovered with barman's own tool: rows 19 and 20 of the appendix of
/// facts/barman-object-store.md, with segments of 64 MiB.
@Tag("interop")
@Tag("S105")
@Tag("S129")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BarmanRecoveryTest extends RecoveryOverTimelines {
  private static final String BUCKET = "recovered";

  private Path scratch = Path.of("");
  private Optional<MinioServer> server = Optional.empty();
  private Optional<ObjectStore> opened = Optional.empty();

  @BeforeAll
  void start(@TempDir Path given) throws IOException {
    scratch = given;
    var minio = MinioServer.program();
    assumeTrue(minio.isPresent(), "MinIO is not installed: scripts/interop-setup");
    assumeTrue(
        BarmanTest.tool("barman-cloud-wal-restore").isPresent(),
        "barman-cloud is not installed: scripts/interop-setup");
    var running = MinioServer.start(minio.get(), Files.createDirectory(scratch.resolve("data")));
    server = Optional.of(running);
    running.makeBucket(BUCKET);
    opened = Optional.of(new S3Store(running.settings(BUCKET, "prefix").as(S3Profile.MINIO)));
  }

  @AfterAll
  void stop() {
    opened.ifPresent(ObjectStore::close);
    server.ifPresent(MinioServer::close);
  }

  @Override
  ObjectStore store() {
    return opened.orElseThrow();
  }

  @Override
  int mebibytes() {
    return 64;
  }

  @Override
  String recovery(String name) {
    try {
      return """
      restore_command = 'AWS_ACCESS_KEY_ID=interop-user AWS_SECRET_ACCESS_KEY=interop-password \
      AWS_DEFAULT_REGION=us-east-1 %s --spool-dir %s --endpoint-url %s s3://%s/prefix srv %%f %%p'
      """
          .formatted(
              BarmanTest.tool("barman-cloud-wal-restore").orElseThrow(),
              Files.createDirectories(scratch.resolve("spool-" + name)),
              server.orElseThrow().endpoint(),
              BUCKET);
    } catch (IOException cause) {
      throw new AssertionError(cause);
    }
  }

  @Override
  boolean asksUs() {
    return false;
  }
}
