package io.cooper.store.probe;

import io.cooper.store.Versions.Lock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a key could destroy.
///
/// @param store its name
/// @param attempts one for each attack, in order
/// @param lock that the object got when it was written
/// @param survived whether what was written could still be had afterwards
/// @param rest the object that could not be removed
public record ImmutabilityReport(
    String store,
    List<Attempt> attempts,
    Optional<Lock> lock,
    boolean survived,
    Optional<String> rest) {
  public ImmutabilityReport {
    attempts = List.copyOf(attempts);
  }

  /// What was tried.
  public enum Attack {
    /// Other bytes under the same key.
    OVERWRITE,
    /// Removing the object, as every program does.
    DELETE,
    /// Letting its lock end at once.
    SHORTEN,
    /// Removing for good what the bucket keeps of it.
    DELETE_VERSION
  }

  /// What came of it.
  public enum Outcome {
    /// The store did it.
    DONE,
    /// The store refused.
    REFUSED,
    /// There was nothing to try it on.
    NOTHING_TO_TRY
  }

  /// An attack.
  ///
  /// @param what happened, in words
  public record Attempt(Attack attack, Outcome outcome, String what) {}

  /// How safe an archive is from whoever has the key.
  public enum Level {
    /// The key can destroy what it wrote.
    NONE,
    /// It can hide what it wrote, and the owner of the bucket can have it back.
    VERSIONED,
    /// It can neither overwrite nor delete; whoever rules the bucket can.
    WRITE_ONCE,
    /// It can destroy nothing before a lock ends.
    LOCKED
  }

  /// The level that was reached.
  public Level level() {
    // A deletion without a version only hides what is locked, also where that cannot be seen.
    if (lock.isPresent() && !is(Attack.DELETE_VERSION, Outcome.DONE)) {
      return Level.LOCKED;
    }
    if (!survived) {
      return Level.NONE;
    }
    return is(Attack.OVERWRITE, Outcome.REFUSED) && is(Attack.DELETE, Outcome.REFUSED)
        ? Level.WRITE_ONCE
        : Level.VERSIONED;
  }

  private boolean is(Attack attack, Outcome outcome) {
    return attempts.stream().anyMatch(each -> each.attack() == attack && each.outcome() == outcome);
  }

  /// A line for each attack, and the level.
  public String text() {
    var text = new StringBuilder();
    for (var attempt : attempts) {
      text.append(
          "%-15s %-8s %s\n"
              .formatted(
                  name(attempt.attack()),
                  switch (attempt.outcome()) {
                    case DONE -> "DONE";
                    case REFUSED -> "refused";
                    case NOTHING_TO_TRY -> "-";
                  },
                  attempt.what()));
    }
    text.append('\n').append("level           ").append(name(level())).append(": ");
    text.append(
        switch (level()) {
          case NONE -> "this key can destroy what it wrote";
          case VERSIONED -> "what this key destroys, the owner of the bucket can have back";
          case WRITE_ONCE -> "this key can neither overwrite nor delete";
          case LOCKED -> "nothing can be destroyed before " + until();
        });
    text.append('\n');
    rest.ifPresent(key -> text.append("left behind     ").append(key).append('\n'));
    return text.toString();
  }

  private String until() {
    return lock.map(each ->
            each.until().equals(Instant.MAX)
                ? "somebody lifts the hold"
                : each.until() + (each.isFirm() ? "" : ", unless the owner of the bucket lifts it"))
        .orElse("");
  }

  /// The same for programs:
  /// `{"schemaVersion":1,"store":…,"level":…,"lockedUntil":…,"attempts":[…]}`.
  public String json() {
    var json = new Json().open('{');
    json.field("schemaVersion", 1).field("store", store).field("level", name(level()));
    lock.ifPresent(
        each -> json.field("lockedUntil", each.until().toString()).field("firm", each.isFirm()));
    rest.ifPresent(each -> json.field("leftBehind", each));
    json.key("attempts").open('[');
    for (var attempt : attempts) {
      json.open('{')
          .field("attack", name(attempt.attack()))
          .field("outcome", name(attempt.outcome()))
          .field("what", attempt.what())
          .close('}');
    }
    return json.close(']').close('}').toString();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
