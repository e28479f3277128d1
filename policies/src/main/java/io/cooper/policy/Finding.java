package io.cooper.policy;

import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.manifest.edit.YamlChange;
import java.util.List;
import java.util.Optional;

/// One thing that a policy found. The rule it belongs to is known to whoever called the policy.
///
/// @param place of the offending value, or where a missing one should be
/// @param message what is wrong, with the names and values involved; one sentence without a full
///   stop
/// @param remedy what to do; empty for the rule's own
/// @param severity of this finding; empty for the rule's own
/// @param object the Kubernetes object concerned, with its apiVersion
/// @param kustomization the Flux Kustomization that owns it
/// @param repair how to repair it, or why that is for a person to do; empty where nobody thought
///   about it
public record Finding(
    Place place,
    String message,
    Optional<String> remedy,
    Optional<Severity> severity,
    Optional<Subject> object,
    Optional<NamespacedName> kustomization,
    Optional<Repair> repair) {

  /// The object a finding is about.
  public record Subject(String apiVersion, ObjectId id) {}

  /// A finding about a place in a file.
  public static Finding at(Place place, String message) {
    return new Finding(
        place,
        message,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// A finding about an object, at the value a path leads to or should lead to.
  public static Finding about(Manifest manifest, String message, String... path) {
    return at(manifest.placeAt(path), message).of(manifest);
  }

  /// The same finding, about an object.
  public Finding of(Manifest manifest) {
    var subject = new Subject(manifest.apiVersion(), manifest.id());
    return new Finding(
        place, message, remedy, severity, Optional.of(subject), kustomization, repair);
  }

  /// The same finding, in a Kustomization.
  public Finding in(NamespacedName owner) {
    return new Finding(place, message, remedy, severity, object, Optional.of(owner), repair);
  }

  /// The same finding, with its own remedy.
  public Finding withRemedy(String text) {
    return new Finding(place, message, Optional.of(text), severity, object, kustomization, repair);
  }

  /// The same finding, with its own severity.
  public Finding withSeverity(Severity other) {
    return new Finding(place, message, remedy, Optional.of(other), object, kustomization, repair);
  }

  /// The same finding, with a repair, or with the reason why there is none.
  public Finding withRepair(Repair other) {
    return new Finding(place, message, remedy, severity, object, kustomization, Optional.of(other));
  }

  /// The same finding, with a repair.
  public Finding withFix(Fix fix) {
    return withRepair(fix);
  }

  /// The same finding, repaired by changing an object.
  ///
  /// @param summary what that does, in one line
  public Finding repairedBy(String summary, Manifest manifest, YamlChange change) {
    return withRepair(new Proposal(summary, List.of(new Proposal.Change(manifest, change))));
  }

  /// The same finding, with the reason why no machine should repair it.
  public Finding byHand(String reason) {
    return withRepair(new ByHand(reason));
  }

  /// A repair that can be made without asking, if there is one.
  public Optional<Fix> fix() {
    return repair.filter(Fix.class::isInstance).map(Fix.class::cast);
  }
}
