package io.cooper.migrate;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.migrate.Obstacle.Kind;
import io.cooper.policy.Repository;
import io.cooper.schemas.Product;
import io.cooper.schemas.ReleaseFacts;
import io.cooper.schemas.validate.ObjectValidator;
import io.cooper.schemas.validate.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The move of one Cluster: its own store, the stores it reads, its schedules. Everything of it
/// goes into one draft, which is thrown away if something stands in the way.
final class MoveOfOne {
  private static final String STORE_GROUP = "barmancloud.cnpg.io";
  private static final String PRUNE = "kustomize.toolkit.fluxcd.io/prune";

  private final Repository repository;
  private final Migration.Choices choices;
  private final FileDraft draft;
  private final List<Manifest> same;
  private final Manifest cluster;
  private final List<Moved> moved = new ArrayList<>();
  private final List<Obstacle> obstacles = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Object> made = new LinkedHashMap<>();

  /// @param same rendered Clusters that are made of the same text
  MoveOfOne(
      Repository repository, Migration.Choices choices, FileDraft draft, List<Manifest> same) {
    this.repository = repository;
    this.choices = choices;
    this.draft = draft;
    this.same = same;
    this.cluster = same.getFirst();
  }

  ClusterMove plan() {
    look();
    var written = written(cluster);
    if (written.isPresent() && isAsWritten(written.get())) {
      move(written.get());
      schedules();
    }
    tell();
    return new ClusterMove(
        cluster,
        moved,
        obstacles.stream().filter(each -> !choices.accepted().contains(each.kind())).toList(),
        notes);
  }

  private void refuse(Kind kind, Place place, String text, String remedy) {
    obstacles.add(new Obstacle(kind, place, text, remedy));
  }

  /// What stands in the way whatever the files look like.
  private void look() {
    var own = cluster.find("spec", "backup", Migration.STORE);
    var plugins = cluster.root().mappings("spec", "plugins").toList();
    var archiver =
        plugins.stream()
            .filter(each -> each.flag("enabled").orElse(true))
            .filter(each -> each.flag("isWALArchiver").orElse(false))
            .findFirst();
    if (own.isPresent() && archiver.isPresent()) {
      refuse(
          Kind.TWO_ARCHIVERS,
          cluster.placeOf(archiver.get()),
          "plugin %s archives beside the built-in store, which the operator refuses"
              .formatted(archiver.get().text("name").orElse("")),
          "keep the one whose archive is the one to restore from, and remove the other");
    } else if (own.isPresent()) {
      plugins.stream()
          .filter(each -> each.text("name").filter(Migration.PLUGIN::equals).isPresent())
          .findFirst()
          .ifPresent(each ->
              refuse(
                  Kind.PLUGIN_ENTRY,
                  cluster.placeOf(each),
                  "there is an entry of the plugin already, which does not archive",
                  "remove it, or finish what was begun by hand"));
    }
    instances(own.isPresent());
    releases();
  }

  private void instances(boolean restarts) {
    var alone =
        same.stream()
            .filter(each -> each.text("spec", "instances").orElse("1").equals("1"))
            .findFirst();
    if (restarts && alone.isPresent()) {
      refuse(
          Kind.ONE_INSTANCE,
          cluster.placeAt("spec", "instances"),
          "%s has one instance: the switch restarts it, and until it is back – seconds, or the replay"
                  .formatted(alone.get())
              + " of all WAL since the last checkpoint – nobody can connect",
          "set instances: 2 first, or accept it: --accept one-instance");
    }
  }

  private void releases() {
    if (repository.releases().of(Product.BARMAN_PLUGIN).isEmpty()) {
      refuse(
          Kind.NO_PLUGIN,
          cluster.place(),
          "the repository deploys no plugin that is known here: a Cluster that names an absent plugin"
              + " is not reconciled any more",
          "install it first, or accept it where another repository does: --accept no-plugin");
    }
    repository
        .releases()
        .of(Product.CNPG)
        .filter(
            each -> each.release().compareTo(ReleaseFacts.leastOperatorForPlugin().release()) < 0)
        .ifPresent(each ->
            refuse(
                Kind.OLD_OPERATOR,
                each.place().orElse(cluster.place()),
                "%s (%s) is too old for the plugin, which needs %s"
                    .formatted(
                        each.release(),
                        each.source(),
                        ReleaseFacts.leastOperatorForPlugin().release().version()),
                "upgrade the operator first"));
  }

  private Optional<Mapping> written(Manifest object) {
    var written =
        object
            .written()
            .filter(each -> repository.artifact().contains(each.place().file()))
            .filter(each -> Manifest.asWritten(each).is(object.group(), object.kind()));
    if (written.isEmpty()) {
      refuse(
          Kind.NOT_AS_WRITTEN,
          object.place(),
          "%s is made by the build and stands in no file of the repository".formatted(object),
          "change what makes it");
    }
    return written;
  }

  private boolean isAsWritten(Mapping written) {
    for (var field : List.of("backup", "plugins", "externalClusters")) {
      for (var each : same) {
        if (!StoreText.isRenderedAs(written.find("spec", field), each.find("spec", field))) {
          refuse(
              Kind.NOT_AS_WRITTEN,
              cluster.placeAt("spec", field),
              "a patch, a variable or another file decides about spec.%s of %s"
                  .formatted(field, each),
              "write it into the file of the Cluster first, or change the patch by hand");
          return false;
        }
      }
    }
    return true;
  }

  /// The Cluster, in one change: old and new at once would be two archivers.
  private void move(Mapping written) {
    var changes = new ArrayList<YamlChange>();
    written
        .mapping("spec", "backup", Migration.STORE)
        .ifPresent(block -> own(written, block, changes));
    var externals =
        written
            .find("spec", "externalClusters")
            .filter(Sequence.class::isInstance)
            .map(Sequence.class::cast);
    externals.ifPresent(list -> {
      for (int i = 0; i < list.items().size(); i++) {
        if (list.items().get(i) instanceof Mapping external
            && external.get(Migration.STORE).orElse(null) instanceof Mapping block) {
          external(written, external, block, i, changes);
        }
      }
    });
    if (obstacles.stream().allMatch(each -> each.kind().isAcceptable())) {
      draft
          .change(written.place(), changes)
          .ifPresent(reason -> notEditable(written.place(), reason));
    }
  }

  private void notEditable(Place place, String reason) {
    refuse(
        Kind.NOT_EDITABLE,
        place,
        "%s cannot be changed safely: %s".formatted(place.file(), reason),
        "make the change by hand; the plan says which");
  }

  private void own(Mapping written, Mapping block, List<YamlChange> changes) {
    var retention = written.find("spec", "backup", "retentionPolicy");
    var name =
        store(
            written,
            block,
            written.mapping("spec", "backup").orElseThrow(),
            choices.storeName().orElse(name(written)),
            retention);
    var field = "spec.backup." + Migration.STORE;
    translated(field, block, name);
    retention.ifPresent(_ ->
        moved.add(
            new Moved(
                "spec.backup.retentionPolicy",
                "ObjectStore/%s spec.retentionPolicy".formatted(name))));
    var parameters = new LinkedHashMap<String, Object>();
    parameters.put("barmanObjectName", name);
    block
        .text(StoreText.SERVER_NAME)
        .ifPresent(server -> {
          parameters.put(StoreText.SERVER_NAME, server);
          moved.add(new Moved(field + ".serverName", "spec.plugins[].parameters.serverName"));
        });
    var entry = new LinkedHashMap<String, Object>();
    entry.put("name", Migration.PLUGIN);
    entry.put("isWALArchiver", true);
    entry.put("parameters", parameters);
    moved.add(new Moved("the operator archives", "spec.plugins[] isWALArchiver: true"));
    var gone = retention.isPresent() ? 2 : 1;
    if (written.mapping("spec", "backup").orElseThrow().size() == gone) {
      changes.add(new YamlChange.Remove(List.of("spec", "backup")));
    } else {
      changes.add(new YamlChange.Remove(List.of("spec", "backup", Migration.STORE)));
      retention.ifPresent(
          _ -> changes.add(new YamlChange.Remove(List.of("spec", "backup", "retentionPolicy"))));
    }
    changes.add(new YamlChange.Append(List.of("spec", "plugins"), entry));
  }

  private void external(
      Mapping written, Mapping external, Mapping block, int index, List<YamlChange> changes) {
    var other = external.text("name").orElse("");
    var wanted =
        cluster.find("spec", "backup", Migration.STORE).isEmpty()
            ? choices.storeName().orElse(other)
            : other;
    var name = store(written, block, external, wanted, Optional.empty());
    var path = List.of("spec", "externalClusters", Integer.toString(index));
    var field = "spec.externalClusters[%s]".formatted(other);
    translated(field + "." + Migration.STORE, block, name);
    var server = block.text(StoreText.SERVER_NAME).orElse(other);
    moved.add(
        new Moved(
            block.get(StoreText.SERVER_NAME).isPresent()
                ? "%s.%s.serverName".formatted(field, Migration.STORE)
                : field + ".name, which was the server's name",
            field + ".plugin.parameters.serverName"));
    var parameters = new LinkedHashMap<String, Object>();
    parameters.put("barmanObjectName", name);
    // Left out, it would be the name of the Cluster that reads.
    parameters.put(StoreText.SERVER_NAME, server);
    var plugin = new LinkedHashMap<String, Object>();
    plugin.put("name", Migration.PLUGIN);
    plugin.put("parameters", parameters);
    changes.add(new YamlChange.Put(path, "plugin", plugin));
    changes.add(
        new YamlChange.Remove(Stream.concat(path.stream(), Stream.of(Migration.STORE)).toList()));
  }

  private void translated(String from, Mapping block, String store) {
    StoreText.without(block)
        .keys()
        .forEach(key ->
            moved.add(
                new Moved(
                    from + "." + key,
                    "ObjectStore/%s spec.configuration.%s".formatted(store, key))));
  }

  private static String name(Mapping written) {
    return written.text("metadata", "name").orElse("");
  }

  /// The name of the ObjectStore for a block: of one that says the same already, or of a new one.
  ///
  /// @param parent that has the block
  /// @param wanted name of a new one
  private String store(
      Mapping written, Mapping block, Mapping parent, String wanted, Optional<Value> retention) {
    var configuration = StoreText.without(block).plain();
    for (var each : made.entrySet()) {
      if (retention.isEmpty() && Objects.equals(each.getValue(), configuration)) {
        return each.getKey();
      }
    }
    var known =
        stores()
            .filter(store ->
                plain(store.find("spec", "configuration")).equals(Optional.of(configuration)))
            .filter(store ->
                retention.isEmpty()
                    || plain(store.find("spec", "retentionPolicy")).equals(plain(retention)))
            .map(Manifest::name)
            .findFirst();
    if (known.isPresent()) {
      notes.add("ObjectStore/%s says the same already and is used".formatted(known.get()));
      return known.get();
    }
    var name = made.containsKey(wanted) ? name(written) + "-" + wanted : wanted;
    if (stores().anyMatch(store -> store.name().equals(name))) {
      refuse(
          Kind.NAME_TAKEN,
          cluster.place(),
          "there is an ObjectStore %s in namespace %s that says something else"
              .formatted(name, cluster.namespace()),
          "choose another name: --store-name");
    }
    made.put(name, configuration);
    create(written, block, parent, name, retention);
    return name;
  }

  private static Optional<Object> plain(Optional<Value> value) {
    return value.map(Value::plain);
  }

  private Stream<Manifest> stores() {
    return repository.trees().stream()
        .flatMap(RenderedTree::objects)
        .filter(each -> each.is(STORE_GROUP, "ObjectStore"))
        .filter(each -> each.namespace().equals(cluster.namespace()));
  }

  private void create(
      Mapping written, Mapping block, Mapping parent, String name, Optional<Value> retention) {
    var file = written.place().file();
    var key = parent.placeOfKey(Migration.STORE).orElse(block.place());
    var text =
        new StoreText(block, key, draft.originalLines(file))
            .in(
                new StoreText.Frame(
                    name,
                    written.text("metadata", "namespace"),
                    written
                        .text("metadata", "annotations", PRUNE)
                        .filter("disabled"::equals)
                        .isPresent(),
                    retention.flatMap(Value::text)));
    var folder = file.substring(0, file.lastIndexOf('/') + 1);
    var target = target(folder, plainName(name));
    if (target.isEmpty()) {
      refuse(
          Kind.HIDDEN_FILE,
          written.place(),
          "ignore rules hide every name that the new file could have in %s".formatted(folder),
          "narrow the rules; cooper explain %s%s-objectstore.yaml names them"
              .formatted(folder, plainName(name)));
      return;
    }
    draft.create(target.get(), text);
    admitted(target.get());
    new Listings(repository, draft)
        .add(file, target.get())
        .ifPresent(reason -> notEditable(Place.startOf(file), reason));
  }

  /// A variable in a name is no name of a file.
  private static String plainName(String name) {
    var plain = name.replaceAll("\\$\\{[^}]*}", "").replaceAll("^-+|-+$", "");
    return plain.isEmpty() ? "database" : plain;
  }

  private Optional<String> target(String folder, String name) {
    return Stream.of("objectstore.yaml", name + "-objectstore.yaml", name + "-store.yaml")
        .map(each -> folder + each)
        .filter(each -> !draft.contains(each) && !repository.source().isOnDisk(each))
        .filter(each -> repository.source().fate(each).rule().isEmpty())
        .findFirst();
  }

  private void admitted(String file) {
    var validator = new ObjectValidator(repository.catalogue(), text -> text.contains("${"));
    for (var store : draft.objects(file)) {
      switch (validator.validate(store)) {
        case Outcome.Judged judged ->
            judged
                .violations()
                .forEach(violation ->
                    refuse(
                        Kind.STORE_REFUSED,
                        cluster.placeAt("spec", "backup", Migration.STORE),
                        "the plugin would refuse the store: " + violation.message(),
                        "upgrade the plugin, or correct the value first"));
        case Outcome.UnknownKind _ ->
            notes.add("whether the plugin admits the store is not known: no definition of it");
        case Outcome.Unusable(var _, var reason) ->
            notes.add("whether the plugin admits the store is not known: " + reason);
      }
    }
  }

  /// The schedules follow their Cluster.
  private void schedules() {
    if (cluster.find("spec", "backup", Migration.STORE).isEmpty()) {
      return;
    }
    var done = new ArrayList<Place>();
    for (var tree : repository.trees()) {
      for (var backup : tree.objects().filter(this::isOfThis).toList()) {
        if (!done.contains(backup.place())) {
          done.add(backup.place());
          follow(backup);
        }
      }
    }
  }

  private boolean isOfThis(Manifest backup) {
    return (backup.is(Migration.CNPG, "ScheduledBackup") || backup.is(Migration.CNPG, "Backup"))
        && backup.text("spec", "method").orElse(Migration.STORE).equals(Migration.STORE)
        && same.stream()
            .anyMatch(each ->
                each.namespace().equals(backup.namespace())
                    && backup
                        .text("spec", "cluster", "name")
                        .filter(each.name()::equals)
                        .isPresent());
  }

  private void follow(Manifest backup) {
    if (backup.kind().equals("Backup")) {
      notes.add(
          "%s (%s) was taken the old way and cannot be changed: remove it from Git; what it saved stays in the store"
              .formatted(backup, backup.place()));
      return;
    }
    var written = written(backup);
    if (written.isEmpty()) {
      return;
    }
    var changes = new ArrayList<YamlChange>();
    var spec = List.of("spec");
    changes.add(
        written.get().find("spec", "method").isPresent()
            ? new YamlChange.Replace(List.of("spec", "method"), "plugin")
            : new YamlChange.Put(spec, "method", "plugin"));
    if (written.get().find("spec", "pluginConfiguration").isEmpty()) {
      changes.add(
          new YamlChange.Put(spec, "pluginConfiguration", Map.of("name", Migration.PLUGIN)));
    }
    moved.add(
        new Moved(
            "%s spec.method%s"
                .formatted(
                    backup,
                    backup.find("spec", "method").isPresent() ? "" : ", which was left out"),
            "spec.method: plugin, spec.pluginConfiguration.name"));
    draft
        .change(written.get().place(), changes)
        .ifPresent(reason -> notEditable(written.get().place(), reason));
  }

  /// What no file can say.
  private void tell() {
    cluster
        .find("spec", "bootstrap", "recovery", "backup")
        .ifPresent(value ->
            notes.add(
                "%s: a Backup object cannot be the source of a restore through the plugin; name an external cluster and recoveryTarget.backupID there before this Cluster is made anew"
                    .formatted(cluster.placeOf(value))));
    if (cluster.find("spec", "backup", Migration.STORE).isPresent()) {
      notes.add(
          "Backup objects of the past keep their method, and nobody removes them by the retention policy any more");
      notes.add(
          "metrics change their names: cnpg_collector_first_recoverability_point, …last_available_backup_timestamp and …last_failed_backup_timestamp become barman_cloud_cloudnative_pg_io_…; cooper check names alerts that ask for the old ones");
      notes.add("kubectl cnpg backup needs --method=plugin --plugin-name=" + Migration.PLUGIN);
    }
  }
}
