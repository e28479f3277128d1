package io.cooper.impact;

import io.cooper.impact.Effect.Weight;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the operator does about a change of one CloudNativePG Cluster.
///
/// The operator compares the Pod that it would make now with the one that runs
/// (`pkg/specs/podspec_diff.go`, facts/cnpg-i.md 3.2), and asks PostgreSQL whether a parameter
/// waits for a restart. What the admission webhook refuses is in
/// `internal/webhook/v1/cluster_webhook.go`.
final class DatabaseChange {
  /// Fields that end up in the Pod, where the operator compares it.
  private static final List<String> IN_THE_POD =
      List.of(
          "spec.imageName",
          "spec.imageCatalogRef",
          "spec.resources",
          "spec.affinity",
          "spec.topologySpreadConstraints",
          "spec.env",
          "spec.envFrom",
          "spec.schedulerName",
          "spec.projectedVolumeTemplate",
          "spec.ephemeralVolumeSource",
          "spec.ephemeralVolumesSizeLimit",
          "spec.podSecurityContext",
          "spec.securityContext",
          "spec.seccompProfile",
          "spec.stopDelay",
          "spec.startDelay",
          "spec.livenessProbeTimeout",
          "spec.probes",
          "spec.serviceAccountName",
          "spec.logLevel",
          "spec.postgresql.extensions",
          "spec.monitoring.tls");

  /// Of those the ones that count although `cnpg.io/reconcilePodSpec` is `disabled`.
  private static final List<String> ALWAYS =
      List.of("spec.imageName", "spec.imageCatalogRef", "spec.projectedVolumeTemplate");

  /// Parameters that PostgreSQL reads when it starts, and never again.
  private static final Set<String> AT_START =
      Set.of(
          "archive_mode",
          "autovacuum_freeze_max_age",
          "autovacuum_max_workers",
          "autovacuum_multixact_freeze_max_age",
          "autovacuum_worker_slots",
          "cluster_name",
          "commit_timestamp_buffers",
          "data_sync_retry",
          "debug_io_direct",
          "dynamic_shared_memory_type",
          "hot_standby",
          "huge_page_size",
          "huge_pages",
          "io_max_combine_limit",
          "io_max_concurrency",
          "io_method",
          "jit_provider",
          "logging_collector",
          "max_active_replication_origins",
          "max_connections",
          "max_files_per_process",
          "max_locks_per_transaction",
          "max_logical_replication_workers",
          "max_notify_queue_pages",
          "max_pred_locks_per_transaction",
          "max_prepared_transactions",
          "max_replication_slots",
          "max_wal_senders",
          "max_worker_processes",
          "min_dynamic_shared_memory",
          "multixact_member_buffers",
          "multixact_offset_buffers",
          "notify_buffers",
          "old_snapshot_threshold",
          "reserved_connections",
          "serializable_buffers",
          "shared_buffers",
          "shared_memory_type",
          "shared_preload_libraries",
          "subtransaction_buffers",
          "superuser_reserved_connections",
          "track_activity_query_size",
          "track_commit_timestamp",
          "transaction_buffers",
          "wal_buffers",
          "wal_decode_buffer_size",
          "wal_level",
          "wal_log_hints");

  /// Extensions that the operator loads as soon as a parameter of theirs is set.
  private static final Set<String> LOADED_BY_THEIR_PARAMETERS =
      Set.of("pg_stat_statements", "auto_explain", "pgaudit", "pg_failover_slots");

  private static final Pattern MAJOR = Pattern.compile(".*:([0-9]{2})(?:[^0-9].*)?");

  private final Manifest before;
  private final Manifest after;
  private final ObjectChange.Changed change;
  private final List<Effect> effects = new ArrayList<>();

  private DatabaseChange(ObjectChange.Changed change) {
    this.change = change;
    this.before = change.before();
    this.after = change.after();
  }

  static Stream<Effect> effects(ObjectChange.Changed change) {
    var database = new DatabaseChange(change);
    database.judge();
    return database.effects.stream();
  }

  private void judge() {
    refusals();
    switches();
    instances();
    volumes();
    archive();
    var major = majorUpgrade();
    var inPods = reasonsForNewPods();
    var atStart = parametersReadAtStart();
    if (major.isPresent()) {
      add(Weight.DOWNTIME, major.get());
    } else if (!inPods.isEmpty()) {
      var all = Stream.concat(inPods.stream(), atStart.stream()).toList();
      effects.add(restart(after, instances(before), all, gainsArchiver()));
    } else if (!atStart.isEmpty()) {
      effects.add(reread(atStart));
    }
  }

  private void add(Weight weight, String text) {
    effects.add(new Effect(weight, after.id(), text));
  }

  private void refusals() {
    for (var field : List.of("spec.postgresUID", "spec.postgresGID")) {
      if (change.touches(field)) {
        refuse(field + " cannot change");
      }
    }
    if (isGone("walStorage")) {
      refuse("spec.walStorage cannot be removed");
    }
    var kept = tablespaces(after).keySet();
    tablespaces(before).keySet().stream()
        .filter(name -> !kept.contains(name))
        .forEach(name -> refuse("tablespace %s cannot be removed".formatted(name)));
    shrinks("spec.storage.size", size(before, "storage"), size(after, "storage"));
    shrinks("spec.walStorage.size", size(before, "walStorage"), size(after, "walStorage"));
    if (change.touches("spec.imageName")
        && change.touches("spec.postgresql.parameters")
        && method().equals("switchover")) {
      refuse(
          "the image and parameters cannot change together with primaryUpdateMethod: switchover");
    }
  }

  private void refuse(String what) {
    add(
        Weight.REFUSED,
        "the operator's webhook refuses it: %s; nothing else of %s is applied"
            .formatted(what, change.owner()));
  }

  private boolean isGone(String field) {
    return before.find("spec", field).isPresent() && after.find("spec", field).isEmpty();
  }

  private void shrinks(String field, String old, String fresh) {
    if (Quantities.isLess(fresh, old)) {
      refuse("%s cannot go down from %s to %s".formatted(field, old, fresh));
    } else if (Quantities.isLess(old, fresh)) {
      add(
          Weight.NOTE,
          "its volumes grow from %s to %s, if their StorageClass allows it".formatted(old, fresh));
    }
  }

  private static String size(Manifest cluster, String storage) {
    return cluster.text("spec", storage, "size").orElse("");
  }

  private static Map<String, Mapping> tablespaces(Manifest cluster) {
    var byName = new LinkedHashMap<String, Mapping>();
    cluster
        .root()
        .mappings("spec", "tablespaces")
        .forEach(each -> byName.put(each.text("name").orElse(""), each));
    return byName;
  }

  /// Annotations that stop a database.
  private void switches() {
    if (isSet("cnpg.io/hibernation", "on")) {
      add(Weight.DOWNTIME, "is shut down: cnpg.io/hibernation is on; its volumes stay");
    }
    var fenced = after.mark("cnpg.io/fencedInstances").orElse("");
    if (!fenced.isEmpty() && !fenced.equals(before.mark("cnpg.io/fencedInstances").orElse(""))) {
      add(Weight.DOWNTIME, "PostgreSQL is stopped in fenced instances " + fenced);
    }
    if (change.touches("spec.replica") && !isSame("spec", "replica")) {
      add(
          Weight.DOWNTIME,
          "changes its part in replication (spec.replica): it stops taking writes, or begins to");
    }
  }

  private boolean isSet(String annotation, String value) {
    return after.mark(annotation).filter(value::equals).isPresent()
        && before.mark(annotation).filter(value::equals).isEmpty();
  }

  private boolean isSame(String... path) {
    return before.find(path).map(Value::plain).equals(after.find(path).map(Value::plain));
  }

  private void instances() {
    int old = instances(before);
    int fresh = instances(after);
    if (fresh > old) {
      add(
          Weight.NOTE,
          "gets %d more instance%s, copied from the primary"
              .formatted(fresh - old, fresh - old == 1 ? "" : "s"));
    } else if (fresh < old) {
      add(
          fresh == 1 ? Weight.DOWNTIME : Weight.NOTE,
          "loses %d instance%s with %s volumes%s"
              .formatted(
                  old - fresh,
                  old - fresh == 1 ? "" : "s",
                  old - fresh == 1 ? "its" : "their",
                  fresh == 1 ? "; from then on every restart is a downtime" : ""));
    }
  }

  static int instances(Manifest cluster) {
    return cluster
        .text("spec", "instances")
        .filter(text -> text.matches("[0-9]{1,4}"))
        .map(Integer::parseInt)
        .orElse(1);
  }

  private void volumes() {
    if (change.touches("spec.storage.storageClass", "spec.walStorage.storageClass")) {
      add(
          Weight.NOTE,
          "volumes that exist keep their StorageClass; only new instances use the new one");
    }
    if (change.touches("spec.bootstrap")) {
      add(
          Weight.NOTE,
          "spec.bootstrap counts only when a Cluster is made, so its change does nothing");
    }
  }

  /// Where WAL goes is read by the instances themselves, without a restart.
  private void archive() {
    boolean store = !stores(before).isEmpty() && !stores(before).equals(stores(after));
    boolean old =
        change.touches(
            "spec.backup.barmanObjectStore.destinationPath",
            "spec.backup.barmanObjectStore.serverName");
    if (store || old) {
      add(
          Weight.NOTE,
          "archives to another place from now on: until its next base backup nothing there can be"
              + " restored");
    }
  }

  private static Set<String> stores(Manifest cluster) {
    var stores = new TreeSet<String>();
    plugins(cluster)
        .values()
        .forEach(plugin ->
            plugin
                .mapping("parameters")
                .ifPresent(parameters ->
                    stores.add(
                        parameters.text("barmanObjectName").orElse("")
                            + "/"
                            + parameters.text("serverName").orElse(""))));
    return stores;
  }

  /// The plugins that are on, by name.
  static Map<String, Mapping> plugins(Manifest cluster) {
    var plugins = new LinkedHashMap<String, Mapping>();
    cluster
        .root()
        .mappings("spec", "plugins")
        .filter(plugin -> plugin.flag("enabled").orElse(true))
        .forEach(plugin -> plugins.put(plugin.text("name").orElse(""), plugin));
    return plugins;
  }

  private boolean gainsArchiver() {
    var old = plugins(before).keySet();
    return plugins(after).entrySet().stream()
        .anyMatch(plugin ->
            plugin.getValue().flag("isWALArchiver").orElse(false)
                && !old.contains(plugin.getKey()));
  }

  /// PostgreSQL of another major version needs pg_upgrade, with everything stopped.
  private Optional<String> majorUpgrade() {
    var old = major(before);
    var fresh = major(after);
    return old.isPresent() && fresh.isPresent() && !old.equals(fresh)
        ? Optional.of(
            "is upgraded from PostgreSQL %s to %s: all instances stop while pg_upgrade runs, replicas are copied anew, and older base backups do not lead past this point"
                .formatted(old.get(), fresh.get()))
        : Optional.empty();
  }

  private static Optional<String> major(Manifest cluster) {
    var catalog = cluster.text("spec", "imageCatalogRef", "major");
    return catalog.isPresent()
        ? catalog
        : cluster
            .text("spec", "imageName")
            .map(MAJOR::matcher)
            .filter(java.util.regex.Matcher::matches)
            .map(matcher -> matcher.group(1));
  }

  private List<String> reasonsForNewPods() {
    boolean disabled =
        after.mark("cnpg.io/reconcilePodSpec").filter("disabled"::equals).isPresent();
    var reasons = new LinkedHashSet<String>();
    (disabled ? ALWAYS : IN_THE_POD)
        .stream()
            .filter(change::touches)
            .map(field -> field.substring("spec.".length()))
            .forEach(reasons::add);
    if (before.find("spec", "walStorage").isEmpty()
        && after.find("spec", "walStorage").isPresent()) {
      reasons.add("a new volume for WAL");
    }
    var old = tablespaces(before).keySet();
    tablespaces(after).keySet().stream()
        .filter(name -> !old.contains(name))
        .forEach(name -> reasons.add("a new volume for tablespace " + name));
    if (!disabled && !plugins(before).keySet().equals(plugins(after).keySet())) {
      reasons.add("another set of plugin sidecars");
    }
    var restarted = after.mark("kubectl.kubernetes.io/restartedAt");
    if (restarted.isPresent()
        && !restarted.equals(before.mark("kubectl.kubernetes.io/restartedAt"))) {
      reasons.add("the annotation kubectl.kubernetes.io/restartedAt");
    }
    return List.copyOf(reasons);
  }

  private List<String> parametersReadAtStart() {
    var reasons = new LinkedHashSet<String>();
    for (var field : change.fields()) {
      var name = parameter(field.path());
      if (AT_START.contains(name)) {
        reasons.add(name);
      }
    }
    if (change.touches("spec.postgresql.shared_preload_libraries")) {
      reasons.add("shared_preload_libraries");
    }
    var old = loaded(before);
    loaded(after).stream()
        .filter(extension -> !old.contains(extension))
        .forEach(extension -> reasons.add("loading " + extension));
    return List.copyOf(reasons);
  }

  private static String parameter(String path) {
    var prefix = "spec.postgresql.parameters.";
    return path.startsWith(prefix) ? path.substring(prefix.length()) : "";
  }

  private static Set<String> loaded(Manifest cluster) {
    var names = new TreeSet<String>();
    cluster.root().mapping("spec", "postgresql", "parameters").stream()
        .flatMap(Mapping::keys)
        .filter(key -> key.indexOf('.') > 0)
        .map(key -> key.substring(0, key.indexOf('.')))
        .filter(LOADED_BY_THEIR_PARAMETERS::contains)
        .forEach(names::add);
    return names;
  }

  private String method() {
    return method(after);
  }

  private static String method(Manifest cluster) {
    return cluster.text("spec", "primaryUpdateMethod").orElse("restart");
  }

  private static boolean isSupervised(Manifest cluster) {
    return cluster.text("spec", "primaryUpdateStrategy").filter("supervised"::equals).isPresent();
  }

  /// New Pods for all instances of a Cluster.
  ///
  /// @param reasons at least one
  /// @param inPlace whether the primary must not be demoted, as when it lacks the sidecar that
  ///   archives its last WAL
  static Effect restart(Manifest cluster, int instances, List<String> reasons, boolean inPlace) {
    var because = " – because of " + String.join(", ", reasons);
    if (instances == 1) {
      return new Effect(
          Weight.DOWNTIME, cluster.id(), "is down while its only Pod is made anew" + because);
    }
    var replicas =
        instances == 2
            ? "replaces the Pod of its replica, then "
            : "replaces the Pods of its %d replicas, one by one, then ".formatted(instances - 1);
    if (isSupervised(cluster)) {
      return new Effect(
          Weight.RESTART,
          cluster.id(),
          replicas + "waits for you to switch over (primaryUpdateStrategy: supervised)" + because);
    }
    var primary =
        method(cluster).equals("switchover") && !inPlace
            ? "switches over: connections to the primary are cut once"
            : "the primary's: no writes until it is back";
    return new Effect(Weight.RESTART, cluster.id(), replicas + primary + because);
  }

  /// PostgreSQL is started again in Pods that stay.
  private Effect reread(List<String> parameters) {
    var because = " – PostgreSQL reads %s at start only".formatted(String.join(", ", parameters));
    if (instances(before) == 1) {
      return new Effect(Weight.DOWNTIME, after.id(), "is down while PostgreSQL restarts" + because);
    }
    var primary =
        isSupervised(after)
            ? "waits for you to switch over (primaryUpdateStrategy: supervised)"
            : method().equals("switchover")
                ? "switches over: connections to the primary are cut once"
                : "restarts the primary in place: no writes until it is back";
    return new Effect(
        Weight.RESTART,
        after.id(),
        "restarts its replica%s, then %s%s"
            .formatted(instances(before) == 2 ? "" : "s", primary, because));
  }
}
