package io.cooper.backup.drill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.drill.DrillSettings.Objectives;
import io.cooper.backup.drill.DrillSettings.Statements;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.Codec;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Folders;
import io.cooper.backup.postgres.Postgres;
import io.cooper.backup.restore.RestoreSettings;
import io.cooper.backup.restore.Site;
import io.cooper.backup.restore.Target;
import io.cooper.backup.restore.Wanted;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.Intent;
import io.cooper.store.MemoryStore;
import io.cooper.store.ObjectStore;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Drills on the archive of a server that was under load, failed over, and went on.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrillTest {
  private static final String COUNT = "SELECT count(*) FROM notes";

  @TempDir static Path folder = Path.of(".");

  private final SortedMap<String, byte[]> objects = new TreeMap<>();
  private Optional<Site> open = Optional.empty();
  private Optional<Postgres> promoted = Optional.empty();
  private Optional<BackupId> backup = Optional.empty();
  private String expected = "";
  private String atBackup = "";

  @BeforeAll
  void make() throws Exception {
    open = Optional.of(new Site(folder));
    var primary =
        site()
            .primary(Binaries.embedded(), List.of("-k", "--wal-segsize=1"), "archive_timeout = 60");
    Files.createDirectory(folder.resolve("space"));
    primary.execute(
        "CREATE TABLESPACE space LOCATION '%s'".formatted(folder.resolve("space")),
        "CREATE TABLE elsewhere TABLESPACE space AS SELECT * FROM notes",
        "CREATE DATABASE \"Second one\"");
    // What a machine of a drill does not have.
    primary.configure(
        "shared_preload_libraries = 'pg_cron, auto_explain'",
        "include_if_exists = '/nowhere/else.conf'",
        "ssl_cert_file = '/nowhere/tls.crt'");
    var going = new AtomicBoolean(true);
    var load = Thread.ofPlatform().start(() -> write(primary, going));
    backup =
        Optional.of(
            site()
                .backUp(
                    primary, BackupSettings.of(primary.data()).immediately().compressed(Codec.ZSTD))
                .id());
    going.set(false);
    load.join();
    atBackup = primary.ask(COUNT);
    fill(primary, 9000);
    primary.stop();
    promoted =
        Optional.of(
            site()
                .restored(
                    Binaries.embedded(),
                    "promoted",
                    RestoreSettings.newest()
                        .movingTablespaces(Map.of("space", folder.resolve("space 2")))
                        .recovering(site().recovery()),
                    "shared_preload_libraries = ''"));
    fill(server(), 7000);
    expected = server().ask(COUNT);
    Site.awaitArchived(server());
    read();
  }

  private static void fill(Postgres server, int rows) throws Exception {
    server.execute(
        "INSERT INTO notes (body) SELECT repeat(md5(i::text), 9) FROM generate_series(1, %d) i"
            .formatted(rows));
  }

  private static void write(Postgres primary, AtomicBoolean going) {
    try {
      while (going.get()) {
        fill(primary, 300);
        primary.execute("UPDATE notes SET body = body || 'x' WHERE id % 97 = 3");
      }
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  private void read() throws Exception {
    try (var all = site().store().list("", "")) {
      for (var object : all.toList()) {
        try (var in = site().store().open(object.key())) {
          objects.put(object.key(), in.readAllBytes());
        }
      }
    }
  }

  @AfterAll
  void stop() throws Exception {
    site().close();
  }

  private Site site() {
    return open.orElseThrow();
  }

  private Postgres server() {
    return promoted.orElseThrow();
  }

  private static DrillSettings.Places places() {
    return new DrillSettings.Places(
        Optional.of(Binaries.embedded().bin()),
        Optional.empty(),
        folder.resolve("cache"),
        Map.of());
  }

  private static DrillSettings usual() {
    return DrillSettings.in(folder.resolve("scratch"), places());
  }

  private MemoryStore copy() throws Exception {
    var store = new MemoryStore();
    for (var object : objects.entrySet()) {
      put(store, object.getKey(), object.getValue());
    }
    return store;
  }

  private static void put(ObjectStore store, String key, byte[] bytes) throws Exception {
    try (var made = store.create(key, Intent.replacing())) {
      made.bytes().write(bytes);
      made.commit();
    }
  }

  private static DrillResult drill(ObjectStore store, DrillSettings settings) throws Exception {
    var result = new Drill(store, Site.SERVER, settings).run(Drill.Watch.silent());
    if (Files.exists(folder.resolve("scratch"))) {
      assertThat(folder.resolve("scratch")).isEmptyDirectory();
    }
    return result;
  }

  @Test
  @Tag("S118")
  @Tag("S136")
  @Tag("S146")
  void a_server_that_failed_over_under_load_comes_back_whole() throws Exception {
    try (var store = copy()) {
      var result =
          drill(
              store,
              usual()
                  .checking(DrillSettings.Amcheck.ALL)
                  .comparedWith(server().database(), true)
                  .asking(
                      List.of(
                          new Statements(
                              "postgres",
                              "own.sql",
                              "SELECT count(*) = %s FROM notes; SELECT 1; SELECT ';' <> '$';"
                                  .formatted(expected)))));

      assertThat(result.problems()).isEmpty();
      assertThat(result.backup()).isEqualTo(backup.orElseThrow());
      var recovered = result.recovered().orElseThrow();
      assertThat(recovered.timeline()).isEqualTo(2);
      assertThat(recovered.segments()).isGreaterThan(3);
      assertThat(recovered.compared()).isTrue();
      assertThat(result.tables())
          .anySatisfy(rows -> {
            assertThat(rows.table()).isEqualTo("public.notes");
            assertThat(rows.rows()).isEqualTo(Long.parseLong(expected)).isNotEqualTo(0);
            assertThat(rows.source()).hasValue(rows.rows());
          })
          .anySatisfy(rows -> assertThat(rows.table()).isEqualTo("public.elsewhere"));
      assertThat(result.checks())
          .anySatisfy(check -> assertThat(check).startsWith("3 statements"))
          .anySatisfy(check -> assertThat(check).contains("checksums of"));
      assertThat(result.notices()).anySatisfy(note -> assertThat(note).contains("pg_cron"));
      assertThat(result.timing().restore()).isPositive();
      assertThat(result.timing().replay()).isPositive();
    }
  }

  @Test
  void nothing_of_the_archive_is_changed() throws Exception {
    try (var store = copy()) {
      drill(store, usual());

      try (var all = store.list("", "")) {
        for (var object : all.toList()) {
          try (var in = store.open(object.key())) {
            assertThat(in.readAllBytes()).isEqualTo(objects.get(object.key()));
          }
        }
      }
      try (var all = store.list("", "")) {
        assertThat(all).hasSameSizeAs(objects.keySet());
      }
    }
  }

  @Test
  @Tag("S132")
  @Tag("S134")
  void what_would_be_lost_and_how_long_it_takes_are_numbers() throws Exception {
    try (var store = copy()) {
      var result = drill(store, usual().comparedWith(server().database(), false));

      var loss = result.loss().orElseThrow();
      assertThat(loss.guaranteedRpo()).contains(Duration.ofMinutes(1));
      // A server goes on, if only to close a segment each minute.
      assertThat(loss.lostBytes())
          .hasValue(
              loss.sourceAt().orElseThrow().minus(result.recovered().orElseThrow().reached()));
      assertThat(loss.worstRto().orElseThrow()).isGreaterThan(result.timing().restore());
      var text = DrillText.text(result);
      assertThat(text).contains("drill      passed", "RPO        measured at most", "rows ");
      assertThat(DrillText.json("srv", result))
          .contains("\"passed\" : true", "\"guaranteedRpoMillis\" : 60000", "\"restore\"");
    }
  }

  @Test
  @Tag("S133")
  @Tag("S134")
  void an_objective_that_is_not_kept_fails_with_the_sentence() throws Exception {
    try (var store = copy()) {
      var result =
          drill(
              store,
              usual()
                  .keepingTo(
                      new Objectives(
                          Optional.of(Duration.ofSeconds(30)), Optional.of(Duration.ofMillis(1)))));

      assertThat(result.passed()).isFalse();
      assertThat(result.problems())
          .extracting(Problem::what)
          .anySatisfy(what -> assertThat(what).startsWith("recovery took"))
          .anySatisfy(what -> assertThat(what).startsWith("archive_timeout lets changes wait"));
    }
  }

  @Test
  void recovery_can_end_at_a_target() throws Exception {
    try (var store = copy()) {
      var result = drill(store, usual().to(new Target.Immediate()));

      assertThat(result.problems()).isEmpty();
      assertThat(result.loss()).isEmpty();
      assertThat(result.tables())
          .filteredOn(rows -> rows.table().equals("public.notes"))
          .singleElement()
          .satisfies(rows ->
              assertThat(rows.rows()).isPositive().isLessThanOrEqualTo(Long.parseLong(atBackup)));
    }
  }

  private String segment(int timeline, int fromEnd) {
    var all =
        objects.keySet().stream()
            .filter(
                key -> key.matches("srv/wals/[0-9A-F]{16}/%08X[0-9A-F]{16}".formatted(timeline)))
            .toList();
    return all.get(all.size() - 1 - fromEnd);
  }

  private Problem problem(MemoryStore store) throws Exception {
    return drill(store, usual().checking(DrillSettings.Amcheck.OFF)).problems().getFirst();
  }

  @Test
  void a_missing_segment_is_named_although_postgresql_does_not_mind() throws Exception {
    try (var store = copy()) {
      store.delete(List.of(segment(2, 1)));

      var problem = problem(store);

      assertThat(problem.where()).endsWith(segment(2, 1));
      assertThat(problem.what()).contains("does not have this segment", "recovery ends at");
    }
  }

  @Test
  void a_segment_that_was_changed_is_named() throws Exception {
    try (var store = copy()) {
      var bytes = bytes(segment(2, 1));
      bytes[bytes.length / 2 + 100] ^= 1;
      put(store, segment(2, 1), bytes);

      var problem = problem(store);

      assertThat(problem.where()).endsWith(segment(2, 1));
      assertThat(problem.what()).contains("recovery ends at").doesNotContain("does not have");
    }
  }

  private byte[] bytes(String key) {
    return java.util.Objects.requireNonNull(objects.get(key)).clone();
  }

  @Test
  void a_foreign_segment_is_named() throws Exception {
    try (var store = copy()) {
      var bytes = bytes(segment(2, 1));
      ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putLong(24, 42);
      put(store, segment(2, 1), bytes);

      var problem = problem(store);

      assertThat(problem.where()).endsWith(segment(2, 1));
      assertThat(problem.what()).contains("was written by cluster 42");
    }
  }

  @Test
  void a_segment_that_was_cut_is_named() throws Exception {
    try (var store = copy()) {
      put(store, segment(2, 1), Arrays.copyOf(bytes(segment(2, 1)), 700_000));

      assertThat(problem(store).where()).endsWith(segment(2, 1));
    }
  }

  @Test
  void an_archive_that_was_changed_is_named() throws Exception {
    var key = objects.keySet().stream().filter(each -> each.endsWith("data.tar.zst")).findFirst();
    for (var change : List.of("cut", "flip")) {
      try (var store = copy()) {
        var bytes = bytes(key.orElseThrow());
        bytes[bytes.length / 2] ^= 1;
        put(
            store,
            key.get(),
            change.equals("cut") ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);

        var result = drill(store, usual());

        assertThat(result.problems())
            .singleElement()
            .extracting(Object::toString)
            .asString()
            .contains("data.tar.zst");
        assertThat(result.recovered()).isEmpty();
      }
    }
  }

  @Test
  void a_statement_that_fails_or_does_not_hold_fails_the_drill() throws Exception {
    try (var store = copy()) {
      var result =
          drill(
              store,
              usual()
                  .asking(
                      List.of(
                          new Statements(
                              "postgres",
                              "own.sql",
                              "SELECT true; SELECT count(*) < 0 FROM notes; SELECT nothing;"),
                          new Statements("nowhere", "other.sql", "SELECT true"))));

      assertThat(result.problems())
          .extracting(Problem::where)
          .containsExactly("own.sql, statement 2", "own.sql, statement 3", "other.sql");
    }
  }

  /// An index whose order somebody changes under it is what a broken collation or disk looks like.
  @Test
  @Tag("S146")
  void an_index_that_is_out_of_order_is_found_by_amcheck() throws Exception {
    try (var store = copy()) {
      var result =
          drill(
              store,
              usual()
                  .asking(
                      List.of(
                          new Statements(
                              "Second one",
                              "break.sql",
                              """
                              CREATE FUNCTION cmp(int4, int4) RETURNS int4 IMMUTABLE LANGUAGE sql AS
                                $$ SELECT CASE WHEN $1 < $2 THEN -1 WHEN $1 > $2 THEN 1 ELSE 0 END $$;
                              CREATE OPERATOR CLASS own FOR TYPE int4 USING btree AS
                                OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
                                FUNCTION 1 cmp(int4, int4);
                              CREATE TABLE numbers AS SELECT i FROM generate_series(1, 2000) i;
                              CREATE INDEX by_number ON numbers (i own);
                              CREATE OR REPLACE FUNCTION cmp(int4, int4) RETURNS int4 IMMUTABLE LANGUAGE sql AS
                                $$ SELECT CASE WHEN $1 > $2 THEN -1 WHEN $1 < $2 THEN 1 ELSE 0 END $$;
                              """))));

      assertThat(result.problems())
          .singleElement()
          .satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("database Second one, index by_number");
            assertThat(problem.what()).contains("item order invariant violated");
          });
    }
  }

  @Test
  void as_root_the_server_runs_as_somebody_else_where_that_one_can_reach_it() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    var open = Files.createTempDirectory("cooper-open-");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    var users = new java.util.TreeSet<String>();
    try (var store = copy()) {
      var result =
          new Drill(store, Site.SERVER, DrillSettings.in(open, places()))
              .run(
                  new Drill.Watch() {
                    @Override
                    public void entered(Drill.Stage stage) {
                      if (stage == Drill.Stage.CHECKING) {
                        ProcessHandle.allProcesses()
                            .map(ProcessHandle::info)
                            .filter(info ->
                                info.commandLine().orElse("").contains(open + "/cooper-drill-"))
                            .forEach(info -> users.add(info.user().orElse("?")));
                      }
                    }

                    @Override
                    public void at(State state) {}
                  });

      assertThat(result.problems()).isEmpty();
      assertThat(users).isNotEmpty().doesNotContain("root");
      assertThat(open).isEmptyDirectory();
    } finally {
      Folders.delete(open);
    }
  }

  @Test
  void what_is_kept_can_be_started_again_and_is_no_drills_any_more() throws Exception {
    var parent = folder.resolve("kept");
    try (var store = copy()) {
      new Drill(store, Site.SERVER, DrillSettings.in(parent, places()).keeping())
          .run(Drill.Watch.silent());
      drill(store, DrillSettings.in(parent, places()));
    }
    try (var entries = Files.list(parent)) {
      var kept = entries.toList();
      assertThat(kept).hasSize(1);
      assertThat(kept.getFirst().resolve("server.log")).isNotEmptyFile();
      try (var server =
          Postgres.of(Binaries.embedded(), kept.getFirst().resolve("data"))
              .configure("archive_mode = off", "shared_preload_libraries = ''")) {
        server.start();
        assertThat(server.ask(COUNT)).isEqualTo(expected);
      }
    }
  }

  @Test
  void packed_programs_are_unpacked_once_and_those_of_another_version_refused() throws Exception {
    var jar = Path.of("target/postgres/13.jar");
    var packed =
        new DrillSettings.Places(
            Optional.empty(), Optional.of(jar), folder.resolve("programs"), Map.of());

    var found = Programs.find(13, packed);
    var again = Programs.find(13, packed);
    var refused = catchThrowableOfType(ProblemException.class, () -> Programs.find(18, packed));

    assertThat(found.bin().resolve("postgres")).isExecutable();
    assertThat(again).isEqualTo(found);
    assertThat(refused.problem().what()).isEqualTo("is of PostgreSQL 13, the backup is of 18");
  }

  @Test
  void programs_of_another_version_are_refused_with_both_ways_to_have_them() throws Exception {
    try (var store = copy()) {
      var nowhere =
          new DrillSettings.Places(
              Optional.empty(), Optional.empty(), folder.resolve("cache"), Map.of());

      var refused =
          catchThrowableOfType(
              ProblemException.class,
              () -> drill(store, DrillSettings.in(folder.resolve("scratch"), nowhere)));

      assertThat(refused.problem().code()).isEqualTo(Code.TOOL_MISSING);
      assertThat(refused.problem().where()).isEqualTo("PostgreSQL 18");
      assertThat(refused.problem().remedy()).contains("--bindir", "--postgres-jar");
    }
  }

  @Test
  void a_backup_that_is_not_there_is_no_verdict() throws Exception {
    try (var store = copy()) {
      var refused =
          catchThrowableOfType(
              ProblemException.class,
              () -> drill(store, usual().of(new Wanted.Id(new BackupId("20200101T000000")))));

      assertThat(refused.problem().code()).isEqualTo(Code.NO_SUCH_OBJECT);
    }
  }

  @Test
  void a_result_is_signed_and_a_changed_one_is_found_out() throws Exception {
    var keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    var others = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    try (var store = copy()) {
      var result = drill(store, usual().checking(DrillSettings.Amcheck.OFF).withoutChecksums());
      var results = new DrillResults(store, Site.SERVER);

      var key = results.keep(result, Optional.of(keys.getPrivate()));

      assertThat(key).startsWith("srv/cooper/drills/").endsWith("-passed.json");
      assertThat(seal(results, keys.getPublic())).isEqualTo(DrillResults.Seal.RIGHT);
      assertThat(seal(results, others.getPublic())).isEqualTo(DrillResults.Seal.WRONG);
      put(store, key, DrillText.json("other", result).getBytes(UTF_8));
      assertThat(seal(results, keys.getPublic())).isEqualTo(DrillResults.Seal.WRONG);
      store.delete(List.of(key + ".sig"));
      assertThat(seal(results, keys.getPublic())).isEqualTo(DrillResults.Seal.NONE);
    }
  }

  private static DrillResults.Seal seal(DrillResults results, java.security.PublicKey key)
      throws Exception {
    return results.all(Optional.of(key)).getFirst().seal().orElseThrow();
  }
}
