package io.cooper.flux.render.kustomize;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What kustomize 5 complains of most, standalone or inside kubectl, and how we say it.
///
/// @param says in kustomize's message; the first group is what it is about
/// @param message with groups as `$1`
/// @param remedy what to do
/// @param where it is to be corrected
/// @param key of the kustomization file, or a group, that leads to the place
record Complaint(Pattern says, String message, String remedy, Where where, String key) {
  /// What the subject of a complaint leads to.
  enum Where {
    /// A patch, by the id it is for, or by a piece of it.
    PATCH,
    /// The second of two objects with an id.
    SECOND,
    /// The listed file that was being read.
    LISTED,
    /// A key of the kustomization file.
    KEY
  }

  /// A complaint that was recognised.
  record Found(String message, String remedy, Where where, String subject) {}

  /// An id as kustomize writes it: `Kind.version.group/name.namespace`.
  private static final Pattern ID =
      Pattern.compile("([A-Za-z]+)\\.(\\S+)/(\\[noName\\]|[^/\\s]+)\\.(\\[noNs\\]|[^.\\s/]+)");

  private static final List<Complaint> KNOWN =
      List.of(
          patch(
              "no resource matches strategic merge patch \"([^\"]+)\"",
              "the patch changes $1, which the build does not hold",
              "correct kind, name and namespace in the patch, or remove it"),
          patch(
              "unable to parse SM or JSON patch from",
              "the patch is neither an object with apiVersion, kind and name nor a list of JSON operations",
              "write one or the other"),
          patch(
              "must specify a target for JSON patch",
              "a patch of JSON operations needs a target",
              "add target: with the kind and name of the object"),
          patch(
              "(?:add|replace|remove|move|copy|test) operation does not apply: doc is missing (?:path|key): \"?([^\\s\":]+)",
              "the patch changes $1, which the object does not have",
              "correct the path, or use op: add"),
          patch(
              "testing value (\\S+) failed",
              "the test of $1 in the patch fails: the object has another value",
              "correct the value, or remove the test"),
          patch(
              "Unexpected kind: (\\S+)",
              "the patch has the unknown operation $1",
              "use add, remove, replace, move, copy or test"),
          new Complaint(
              Pattern.compile("already registered id: ([^\\s']+)"),
              "the build holds $1 twice",
              "keep one of the two, or give them different names or namespaces",
              Where.SECOND,
              "$1"),
          listed("missing metadata\\.name in object", "the object has no metadata.name"),
          listed("missing kind in object", "the object has no kind"),
          listed("missing Resource metadata", "it is listed and holds no Kubernetes object"),
          key(
              "unknown field \"([^\"]+)\"",
              "kustomize does not know the field $1",
              "correct the name of the field, or remove it",
              "$1"),
          key(
              "cannot unmarshal (\\w+) into Go struct field \\w+\\.(?:\\w+\\.)*(\\w+) of type (\\S+)",
              "$2 is a $1, where kustomize wants $3",
              "write what it wants, in quotes if it is a text",
              "$2"),
          key(
              "expected kind != 'Component'",
              "a component is listed under resources",
              "list it under components in the kustomization above, or make it kind: Kustomization",
              "kind"),
          key(
              "expected kind 'Component' for path '[^']*' but got '(\\w+)'",
              "what is listed under components is a $1",
              "list it under resources, or make it kind: Component",
              "kind"),
          key(
              "apiVersion for (\\w+) should be (\\S+)",
              "the apiVersion of a $1 is $2",
              "correct apiVersion",
              "apiVersion"),
          key(
              "kind should be Kustomization or Component",
              "the kind of a kustomization file is Kustomization or Component",
              "correct kind",
              "kind"),
          key(
              "kustomization\\.ya?ml is empty|Kustomization is empty",
              "the kustomization file lists nothing",
              "list resources in it, or remove it",
              "resources"),
          key(
              "must specify --enable-helm",
              "helmCharts is not rendered: Flux runs kustomize without Helm",
              "write a HelmRelease",
              "helmCharts"),
          key(
              "Name:\"([^\"]*)\", Namespace:\"[^\"]*\"\\} exists; (?:can not use behavior|behavior must be)",
              "two generators make $1",
              "give one of them behavior: merge or replace, or another name",
              "behavior"),
          key(
              "Name:\"([^\"]*)\", Namespace:\"[^\"]*\"\\} does not exist; cannot merge or replace",
              "a generator merges into $1, which the build does not hold",
              "correct the name, or remove behavior",
              "behavior"),
          key(
              "invalid literal source (\\S+), expected key=value",
              "the literal $1 is not KEY=VALUE",
              "write it as KEY=VALUE",
              "literals"),
          key(
              "nothing selected by (\\S+?)(?::\\S*)?$",
              "a replacement takes its value from $1, which the build does not hold",
              "correct source, or remove the replacement",
              "replacements"),
          key(
              "fieldPath `([^`]+)` is missing for replacement source (\\S+)",
              "a replacement takes $1 from $2, which does not have it",
              "correct fieldPath in source",
              "fieldPath"),
          key(
              "unable to find field \"([^\"]+)\" in replacement target",
              "a replacement writes to $1, which the target does not have",
              "correct fieldPaths, or set options.create: true",
              "fieldPaths"),
          key(
              "namespace transformation produces ID conflict",
              "two objects that differ in namespace alone become one by `namespace:`",
              "give them different names, or remove namespace",
              "namespace"));

  private static Complaint patch(String says, String message, String remedy) {
    return new Complaint(Pattern.compile(says), message, remedy, Where.PATCH, "$1");
  }

  private static Complaint listed(String says, String message) {
    return new Complaint(
        Pattern.compile(says),
        message,
        "list files of Kubernetes objects only, each with apiVersion, kind and metadata.name",
        Where.LISTED,
        "");
  }

  private static Complaint key(String says, String message, String remedy, String key) {
    return new Complaint(Pattern.compile(says), message, remedy, Where.KEY, key);
  }

  /// The complaint in an error, if it is one we know.
  static Optional<Found> in(String error) {
    return KNOWN.stream().flatMap(each -> each.found(error).stream()).findFirst();
  }

  private Optional<Found> found(String error) {
    var matcher = says.matcher(error);
    return matcher.find()
        ? Optional.of(
            new Found(filled(message, matcher, true), remedy, where, filled(key, matcher, false)))
        : Optional.empty();
  }

  private static String filled(String text, Matcher matcher, boolean forPeople) {
    var filled = text;
    for (int i = 1; i <= 3; i++) {
      var group =
          i <= matcher.groupCount()
              ? Optional.ofNullable(matcher.group(i))
              : Optional.<String>empty();
      var value = group.orElse("");
      filled = filled.replace("$" + i, forPeople ? readable(value) : value);
    }
    return filled;
  }

  /// `Kind/namespace/name` for kustomize's spelling of an id.
  private static String readable(String text) {
    var id = ID.matcher(text);
    return id.matches()
        ? "%s/%s%s"
            .formatted(
                id.group(1), id.group(4).equals("[noNs]") ? "" : id.group(4) + "/", id.group(3))
        : text;
  }
}
