package io.cooper.store.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.store.ObjectStore;
import io.cooper.store.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The contract against a real server.
@Tag("interop")
@Tag("S80")
@Tag("S82")
@Tag("S86")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MinioTest extends ObjectStoreContract {
  private final AtomicInteger buckets = new AtomicInteger();
  private Optional<MinioServer> server = Optional.empty();

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    var program = MinioServer.program();
    assumeTrue(program.isPresent(), "MinIO is not installed: scripts/interop-setup");
    server =
        Optional.of(
            MinioServer.start(program.get(), Files.createDirectory(folder.resolve("data"))));
  }

  @AfterAll
  void stop() {
    server.ifPresent(MinioServer::close);
  }

  @Override
  protected ObjectStore open() throws IOException {
    var bucket = "contract-" + buckets.incrementAndGet();
    server.orElseThrow().makeBucket(bucket);
    return new S3Store(
        server.orElseThrow().settings(bucket, "some prefix/pg-mäin").as(S3Profile.MINIO));
  }

  @Override
  protected boolean tellsOfAbandonedUploads() {
    // Only below their exact key.
    return false;
  }
}
