package io.cooper.backup.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.base.Inventory;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.restore.Site;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A real backup, whole and damaged in every way: each damage is found, and no other reported.
@Tag("S137")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerificationTest {
  private static final List<Codec> CODECS =
      List.of(Codec.NONE, Codec.GZIP, Codec.SNAPPY, Codec.LZ4, Codec.ZSTD);
  private static final int ROUNDS = 120;

  @TempDir static Path folder = Path.of(".");

  private final Map<Codec, Sample> samples = new EnumMap<>(Codec.class);

  @BeforeAll
  void take() throws Exception {
    samples.putAll(Sample.take(folder, CODECS));
  }

  private Sample sample(Codec codec) {
    return Objects.requireNonNull(samples.get(codec));
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
  void a_backup_that_is_whole_is_sound(Codec codec) throws Exception {
    var verified = sample(codec).verified();

    assertThat(verified.problems()).isEmpty();
    assertThat(verified.compared()).isTrue();
    assertThat(verified.archives()).isEqualTo(sample(codec).archives().size()).isGreaterThan(2);
    assertThat(verified.pages()).isGreaterThan(2000);
    assertThat(verified.segments()).isEqualTo(sample(codec).segments().size()).isPositive();
    assertThat(verified.files()).isGreaterThan(900);
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
  void one_that_its_writer_left_no_notes_of_is_sound_as_well(Codec codec) throws Exception {
    var verified = sample(codec).withoutNotes().verified();

    assertThat(verified.problems()).isEmpty();
    assertThat(verified.compared()).isFalse();
  }

  /// A damage, and what of the archive must be named for it: each once, and nothing else.
  private record Damage(String what, Sample damaged, List<String> named) {}

  Stream<Integer> rounds() {
    return IntStream.range(0, ROUNDS).boxed();
  }

  Stream<Integer> manyRounds() {
    return IntStream.range(ROUNDS, 500).boxed();
  }

  @ParameterizedTest
  @MethodSource("manyRounds")
  @Tag("soak")
  void nor_in_many_rounds(int round) throws Exception {
    each_damage_is_found_and_no_other_is_reported(round);
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void each_damage_is_found_and_no_other_is_reported(int round) throws Exception {
    var random = new Random(round);
    var whole = sample(CODECS.get(random.nextInt(CODECS.size())));
    var damage = damaged(whole, round, random);

    var problems = damage.damaged().verified().problems();

    assertThat(problems).as(damage.what()).hasSameSizeAs(damage.named());
    for (var name : damage.named()) {
      assertThat(problems)
          .as(damage.what())
          .filteredOn(problem -> (problem.where() + " " + problem.what()).contains(name))
          .hasSize(1);
    }
  }

  private static Damage damaged(Sample whole, int round, Random random) {
    var archive = any(whole.archives(), random);
    var segment = any(whole.segments(), random);
    return switch (round % 12) {
      case 0 -> new Damage("no " + archive, whole.without(archive), List.of(archive));
      case 1 -> new Damage("cut " + archive, cut(whole, archive, random), List.of(archive));
      case 2, 3 -> new Damage("flip in " + archive, flip(whole, archive, random), List.of(archive));
      case 4 -> swapped(whole, whole.archives(), random);
      case 5 -> new Damage("no " + segment, whole.without(segment), List.of(name(segment)));
      case 6 -> new Damage("cut " + segment, cut(whole, segment, random), List.of(name(segment)));
      case 7, 8 ->
          new Damage(
              "flip in " + segment, flipInRecord(whole, segment, random), List.of(name(segment)));
      case 9 ->
          new Damage(
              "foreign " + segment,
              whole.with(segment, foreign(whole.bytes(segment))),
              List.of(name(segment)));
      case 10 ->
          new Damage("cut backup.info", cut(whole, whole.info(), random), List.of("backup.info"));
      default ->
          new Damage(
              "extra part", whole.with(extra(whole), whole.bytes(archive)), List.of(extra(whole)));
    };
  }

  private static String extra(Sample whole) {
    var codec = Site.SERVER.dataAt(whole.id(), whole.archives().getFirst()).orElseThrow().codec();
    return Site.SERVER.data(whole.id(), 77, codec);
  }

  private static <T> T any(List<T> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private static String name(String key) {
    return key.substring(key.lastIndexOf('/') + 1);
  }

  private static Sample cut(Sample whole, String key, Random random) {
    var bytes = whole.bytes(key);
    return whole.with(key, Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length - 2)));
  }

  private static Sample flip(Sample whole, String key, Random random) {
    var bytes = whole.bytes(key);
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return whole.with(key, bytes);
  }

  private static Damage swapped(Sample whole, List<String> keys, Random random) {
    var one = any(keys, random);
    var other = any(keys.stream().filter(key -> !key.equals(one)).toList(), random);
    return new Damage(
        "swapped %s and %s".formatted(one, other),
        whole.with(one, whole.bytes(other)).with(other, whole.bytes(one)),
        List.of(one + " ", other + " "));
  }

  /// Zeros between and behind records mean nothing, and a page's header has bits without meaning.
  private static Sample flipInRecord(Sample whole, String key, Random random) {
    var bytes = whole.bytes(key);
    int end = endOfRecords(bytes);
    int at;
    do {
      at = random.nextInt(end);
    } while (bytes[at] == 0 || at % 8192 < 40);
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return whole.with(key, bytes);
  }

  /// Behind a switch there are only zeros.
  private static int endOfRecords(byte[] segment) {
    int end = segment.length;
    while (segment[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private static byte[] foreign(byte[] segment) {
    ByteBuffer.wrap(segment).order(ByteOrder.nativeOrder()).putLong(24, 42);
    return segment;
  }

  @Test
  void two_segments_under_each_others_names_are_both_reported() throws Exception {
    var whole = sample(Codec.NONE);
    var needed = whole.segments().getFirst();
    var other = whole.otherSegments().findFirst().orElseThrow();

    var problems = whole.with(needed, whole.bytes(other)).verified().problems();

    assertThat(problems).singleElement().extracting(Problem::where).asString().endsWith(needed);
  }

  @Test
  void damage_to_wal_that_the_backup_does_not_need_is_not_its_own() throws Exception {
    var whole = sample(Codec.ZSTD);
    var other = whole.otherSegments().findFirst().orElseThrow();

    assertThat(whole.without(other).verified().problems()).isEmpty();
  }

  @Test
  void a_cut_is_found_without_notes_in_every_compression() throws Exception {
    for (var codec : CODECS) {
      var whole = sample(codec).withoutNotes();
      var archive = whole.archives().getFirst();
      var random = new Random(codec.ordinal());
      for (int round = 0; round < 5; round++) {
        assertThat(cut(whole, archive, random).verified().problems())
            .as(codec.option())
            .singleElement()
            .extracting(Problem::where)
            .asString()
            .endsWith(archive);
      }
    }
  }

  /// An archive without compression, some of whose members are changed, as its writer would have
  /// stored it.
  private static byte[] rewritten(byte[] tar, String member, Change change) throws Exception {
    var out = new ByteArrayOutputStream();
    try (var in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8");
        var made = new TarArchiveOutputStream(out, 10240, "UTF-8")) {
      made.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      made.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        var content = in.readAllBytes();
        if (entry.getName().equals(member)) {
          content = change.of(content);
        }
        if (content.length > 0 || !entry.getName().equals(member)) {
          entry.setSize(content.length);
          made.putArchiveEntry(entry);
          made.write(content);
          made.closeArchiveEntry();
        }
      }
    }
    return out.toByteArray();
  }

  private interface Change {
    byte[] of(byte[] content);
  }

  /// The archive that has a member.
  private static Sample changed(Sample whole, String member, Change change) throws Exception {
    for (var key : whole.archives()) {
      if (has(whole.bytes(key), member)) {
        return whole.with(key, rewritten(whole.bytes(key), member, change));
      }
    }
    throw new AssertionError("no archive has " + member);
  }

  private static boolean has(byte[] tar, String member) throws Exception {
    try (var in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.getName().equals(member)) {
          return true;
        }
      }
      return false;
    }
  }

  @Test
  void a_page_with_a_wrong_checksum_is_told_with_its_file_and_block() throws Exception {
    var damaged =
        changed(
            sample(Codec.NONE).withoutNotes(),
            "base/1/1255",
            content -> {
              content[3 * 8192 + 500] ^= 1;
              content[7 * 8192 + 600] ^= 1;
              return content;
            });

    assertThat(damaged.verified().problems())
        .singleElement()
        .extracting(Problem::what)
        .isEqualTo("2 pages of base/1/1255 have a wrong checksum, the first is block 3");
  }

  @Test
  void what_all_archives_together_lack_is_named() throws Exception {
    var whole = sample(Codec.NONE).withoutNotes();
    for (var member :
        List.of("global/pg_control", "./PG_VERSION", "base/1/pg_filenode.map", "backup_label")) {
      assertThat(changed(whole, member, _ -> new byte[0]).verified().problems())
          .singleElement()
          .extracting(Problem::what)
          .isEqualTo("no archive has " + member.replace("./", ""));
    }
  }

  @Test
  void a_control_file_or_label_of_something_else_is_told() throws Exception {
    var whole = sample(Codec.NONE).withoutNotes();

    assertThat(
            changed(
                    whole,
                    "global/pg_control",
                    content -> {
                      content[40] ^= 1;
                      return content;
                    })
                .verified()
                .problems())
        .singleElement()
        .extracting(Problem::what)
        .asString()
        .contains("checksum");
    assertThat(
            changed(
                    whole,
                    "backup_label",
                    content ->
                        new String(content, StandardCharsets.UTF_8)
                            .replaceFirst("LOCATION: \\d+/", "LOCATION: 7F/")
                            .getBytes(StandardCharsets.UTF_8))
                .verified()
                .problems())
        .singleElement()
        .extracting(Problem::what)
        .asString()
        .contains("backup.info says");
    assertThat(
            changed(whole, "./PG_VERSION", _ -> "17\n".getBytes(StandardCharsets.UTF_8))
                .verified()
                .problems())
        .singleElement()
        .extracting(Problem::what)
        .isEqualTo("says 17, backup.info says 18");
  }

  @Test
  void a_header_whose_name_was_changed_is_damage() throws Exception {
    var whole = sample(Codec.NONE).withoutNotes();
    var archive = whole.archives().stream().filter(key -> key.endsWith("data.tar")).findFirst();
    var bytes = whole.bytes(archive.orElseThrow());
    var name = "base/1/".getBytes(StandardCharsets.US_ASCII);
    int at =
        IntStream.range(0, bytes.length / 512)
            .map(record -> record * 512)
            .filter(from -> Arrays.equals(bytes, from, from + name.length, name, 0, name.length))
            .findFirst()
            .orElseThrow();
    bytes[at + name.length] ^= 1;

    assertThat(whole.with(archive.get(), bytes).verified().problems())
        .singleElement()
        .extracting(Problem::what)
        .asString()
        .contains("wrong checksum");
  }

  @Test
  void notes_that_cannot_be_read_are_told_and_the_backup_is_read_without_them() throws Exception {
    var whole = sample(Codec.GZIP);

    var verified =
        whole.with(whole.notes(), "nonsense".getBytes(StandardCharsets.UTF_8)).verified();

    assertThat(verified.problems())
        .singleElement()
        .extracting(Problem::code)
        .isEqualTo(Code.BAD_INPUT);
    assertThat(verified.archives()).isEqualTo(whole.archives().size());
  }

  @Test
  void a_backup_that_is_not_done_is_not_sound() throws Exception {
    var whole = sample(Codec.ZSTD);
    var info =
        BackupInfo.parse("info", whole.bytes(whole.info()))
            .with(BackupInfo.STATUS, BackupInfo.Status.FAILED)
            .with(BackupInfo.ERROR, "it broke");

    assertThat(whole.with(whole.info(), info.bytes()).verified().problems())
        .singleElement()
        .extracting(Problem::what)
        .asString()
        .contains("FAILED", "it broke");
  }

  @Test
  void pages_that_were_damaged_before_the_backup_are_told_as_such() throws Exception {
    var whole = sample(Codec.NONE);
    var damaged =
        changed(
            whole,
            "base/1/1255",
            content -> {
              content[500] ^= 1;
              return content;
            });
    var key =
        damaged.archives().stream()
            .filter(each -> !Arrays.equals(damaged.bytes(each), whole.bytes(each)))
            .findFirst()
            .orElseThrow();
    try (var store = damaged.store()) {
      var noted = Inventory.find(store, Site.SERVER, damaged.id()).orElseThrow();
      var sum = sha256(damaged.bytes(key));
      var archives =
          noted.archives().stream()
              .map(each ->
                  each.key().equals(key)
                      ? new Inventory.Archive(key, damaged.bytes(key).length, sum)
                      : each)
              .toList();
      var told =
          new Inventory(
              noted.systemId(),
              archives,
              noted.bytes(),
              noted.files(),
              0,
              1,
              List.of(new Inventory.DamagedPage("base/1/1255", 0)));
      var notes = tools.jackson.databind.json.JsonMapper.shared().writeValueAsBytes(told);

      assertThat(damaged.with(damaged.notes(), notes).verified().problems())
          .singleElement()
          .extracting(Problem::what)
          .asString()
          .contains("so it was in the database when the backup was taken");
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return java.util.HexFormat.of()
        .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void results_lie_beside_the_archive_and_the_newest_of_each_backup_is_known() throws Exception {
    var whole = sample(Codec.ZSTD);
    try (var store = whole.store()) {
      var verdicts = new Verdicts(store, Site.SERVER);
      var sound = whole.verified();
      var damaged = whole.without(whole.archives().getFirst()).verified();

      verdicts.keep(sound);
      var key = verdicts.keep(damaged);

      assertThat(key).startsWith("srv/cooper/verified/" + whole.id()).endsWith("-damaged.json");
      assertThat(verdicts.newest()).containsOnlyKeys(whole.id());
      assertThat(verdicts.newest().get(whole.id()))
          .extracting(io.cooper.backup.catalog.LastVerified::sound)
          .isEqualTo(false);
      try (var kept = store.open(key)) {
        assertThat(new String(kept.readAllBytes(), StandardCharsets.UTF_8))
            .contains("\"sound\" : false", "OBJECT_DAMAGED", whole.archives().getFirst());
      }
      assertThat(
              org.assertj.core.api.Assertions.catchThrowableOfType(
                      io.cooper.store.StoreException.class, () -> verdicts.keep(damaged))
                  .code())
          .isEqualTo(Code.OBJECT_EXISTS);
    }
  }
}
