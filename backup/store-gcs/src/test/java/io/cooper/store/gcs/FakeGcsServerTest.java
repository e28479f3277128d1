package io.cooper.store.gcs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.store.ObjectStore;
import io.cooper.store.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The contract against a server that others wrote.
@Tag("interop")
@Tag("S83")
@Tag("S86")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FakeGcsServerTest extends ObjectStoreContract {
  private final AtomicInteger buckets = new AtomicInteger();
  private Optional<FakeGcsServer> server = Optional.empty();

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    var program = FakeGcsServer.program();
    assumeTrue(program.isPresent(), "fake-gcs-server is not installed: scripts/interop-setup");
    server = Optional.of(FakeGcsServer.start(program.get(), folder));
  }

  @AfterAll
  void stop() {
    server.ifPresent(FakeGcsServer::close);
  }

  @Override
  protected ObjectStore open() throws IOException {
    var bucket = "contract-" + buckets.incrementAndGet();
    server.orElseThrow().makeBucket(bucket);
    return new GcsStore(server.orElseThrow().settings(bucket, "some prefix/pg-mäin"));
  }

  @Override
  protected boolean tellsOfAbandonedUploads() {
    return false;
  }
}
