package io.cooper.store.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.AroundStore;
import io.cooper.store.FaultyStore;
import io.cooper.store.FaultyStore.Point;
import io.cooper.store.Intent;
import io.cooper.store.MemoryStore;
import io.cooper.store.NewObject;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.Versions;
import io.cooper.store.probe.ImmutabilityReport.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Each level that a store can reach, with what does not survive below it.
class ImmutabilityProbeTest {
  private static final Instant LATER = Instant.parse("2126-11-21T08:00:00Z");

  /// Denies what is named.
  private static final class Guarded extends AroundStore {
    private final List<String> denied;

    Guarded(ObjectStore inner, String... denied) {
      super(inner);
      this.denied = List.of(denied);
    }

    private void require(String right) throws StoreException {
      if (denied.contains(right)) {
        throw new StoreException(
            new Problem(Code.STORE_DENIED, name(), right + " is denied", "use another key"));
      }
    }

    @Override
    public NewObject create(String key, Intent intent) throws StoreException {
      if (intent.replace()) {
        require("overwriting");
      }
      return super.create(key, intent);
    }

    @Override
    public void delete(Collection<String> keys) throws StoreException {
      require("deleting");
      super.delete(keys);
    }
  }

  /// Names versions, of which it has one that a deletion does not touch.
  private static final class Keeping extends AroundStore implements Versions {
    private final List<String> versions = new ArrayList<>(List.of("1"));
    private final boolean mayDestroy;
    private Optional<Lock> lock;

    Keeping(boolean mayDestroy, Optional<Lock> lock) {
      super(new MemoryStore());
      this.mayDestroy = mayDestroy;
      this.lock = lock;
    }

    private void require(boolean may) throws StoreException {
      if (!may) {
        throw new StoreException(
            new Problem(Code.STORE_DENIED, name(), "is denied", "use another key"));
      }
    }

    @Override
    public Optional<Versions> versions() {
      return Optional.of(this);
    }

    @Override
    public boolean areKept() {
      return true;
    }

    @Override
    public boolean canBeLocked() {
      return lock.isPresent();
    }

    @Override
    public Optional<Lock> lock(String key) {
      return lock;
    }

    @Override
    public List<String> of(String key) {
      return List.copyOf(versions);
    }

    @Override
    public void delete(String key, String version) throws StoreException {
      require(mayDestroy && lock.isEmpty());
      versions.remove(version);
    }

    @Override
    public void shorten(String key, String version, Instant until) throws StoreException {
      require(mayDestroy && lock.filter(each -> !each.isFirm()).isPresent());
      lock = Optional.empty();
    }
  }

  private static List<String> keys(ObjectStore store) throws StoreException {
    try (var objects = store.list("", "")) {
      return objects.map(StoredObject::key).toList();
    }
  }

  @Test
  void a_key_that_may_everything_destroys_what_it_wrote_and_nothing_else() throws Exception {
    var store = new MemoryStore();
    try (var object = store.create("archive/wal", Intent.onlyNew())) {
      object.commit();
    }

    var report = ImmutabilityProbe.of(store);

    assertThat(report.level()).isEqualTo(Level.NONE);
    assertThat(report.text()).contains("can destroy what it wrote").doesNotContain("left behind");
    assertThat(keys(store)).containsExactly("archive/wal");
  }

  @Test
  void a_key_that_may_overwrite_destroys_as_well() throws Exception {
    assertThat(ImmutabilityProbe.of(new Guarded(new MemoryStore(), "deleting")).level())
        .isEqualTo(Level.NONE);
  }

  @Test
  void a_key_that_may_neither_delete_nor_overwrite_leaves_its_object_behind() throws Exception {
    var memory = new MemoryStore();

    var report = ImmutabilityProbe.of(new Guarded(memory, "deleting", "overwriting"));

    assertThat(report.level()).isEqualTo(Level.WRITE_ONCE);
    assertThat(report.rest()).contains(keys(memory).getFirst());
    assertThat(report.json())
        .contains("\"level\":\"write once\"")
        .contains("{\"attack\":\"overwrite\",\"outcome\":\"refused\"");
  }

  @Test
  void versions_that_the_key_cannot_remove_survive_and_those_that_it_can_do_not() throws Exception {
    assertThat(ImmutabilityProbe.of(new Keeping(false, Optional.empty())).level())
        .isEqualTo(Level.VERSIONED);
    assertThat(ImmutabilityProbe.of(new Keeping(true, Optional.empty())).level())
        .isEqualTo(Level.NONE);
  }

  @Test
  void a_lock_protects_unless_the_key_can_shorten_it() throws Exception {
    var firm = Optional.of(new Versions.Lock(LATER, true));
    var report = ImmutabilityProbe.of(new Keeping(true, firm));
    assertThat(report.level()).isEqualTo(Level.LOCKED);
    assertThat(report.text()).contains("nothing can be destroyed before " + LATER);

    var soft = Optional.of(new Versions.Lock(LATER, false));
    assertThat(ImmutabilityProbe.of(new Keeping(true, soft)).level()).isEqualTo(Level.NONE);
  }

  @Test
  void a_store_that_does_not_answer_is_no_store_that_refuses() {
    var broken = new FaultyStore(new MemoryStore()).fail(Point.DELETE, Code.STORE_UNREACHABLE, 9);

    assertThatThrownBy(() -> ImmutabilityProbe.of(broken)).hasMessageContaining("planned");
  }
}
