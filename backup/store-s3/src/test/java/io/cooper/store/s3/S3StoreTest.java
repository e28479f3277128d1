package io.cooper.store.s3;

import io.cooper.store.ObjectStore;
import io.cooper.store.ObjectStoreContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/// The contract against an S3 server in this process, once for each kind of provider.
@Tag("S82")
class S3StoreTest {
  abstract static class Provider extends ObjectStoreContract {
    private final LocalS3 server;

    Provider() throws IOException {
      server = server();
    }

    abstract S3Profile profile();

    void behave(LocalS3 asProvider) {}

    private LocalS3 server() throws IOException {
      var local = new LocalS3("the secret").withBucket("backups");
      behave(local);
      return local;
    }

    @Override
    protected ObjectStore open() throws IOException {
      return new S3Store(
          server.settings("backups", "some prefix/pg-mäin").as(profile()).withPathStyle(true));
    }

    @Override
    protected int severalPages() {
      return 1100;
    }

    @AfterEach
    void stop() {
      server.close();
    }
  }

  @Nested
  class Amazon extends Provider {
    Amazon() throws IOException {}

    @Override
    S3Profile profile() {
      return S3Profile.AWS;
    }
  }

  @Nested
  @Tag("S85")
  @Tag("U61")
  class Spaces extends Provider {
    Spaces() throws IOException {}

    @Override
    S3Profile profile() {
      return S3Profile.DO_SPACES;
    }

    @Override
    void behave(LocalS3 asProvider) {
      asProvider.with(LocalS3.Quirk.REFUSES_NEW_CHECKSUMS);
    }
  }

  @Nested
  @Tag("U61")
  class StoreWithoutAnythingNew extends Provider {
    StoreWithoutAnythingNew() throws IOException {}

    @Override
    S3Profile profile() {
      return S3Profile.BACKBLAZE;
    }

    @Override
    void behave(LocalS3 asProvider) {
      asProvider
          .with(LocalS3.Quirk.REFUSES_NEW_CHECKSUMS)
          .with(LocalS3.Quirk.REFUSES_CONDITIONS)
          .with(LocalS3.Quirk.REFUSES_BULK_DELETE)
          .with(LocalS3.Quirk.REFUSES_TAGS);
    }

    @Override
    protected boolean hasConditionalWrites() {
      return false;
    }
  }

  @Nested
  @Tag("U61")
  class StoreThatIgnoresConditions extends Provider {
    StoreThatIgnoresConditions() throws IOException {}

    @Override
    S3Profile profile() {
      return S3Profile.CEPH;
    }

    @Override
    void behave(LocalS3 asProvider) {
      asProvider.with(LocalS3.Quirk.IGNORES_CONDITIONS);
    }

    @Override
    protected boolean hasConditionalWrites() {
      return false;
    }
  }
}
