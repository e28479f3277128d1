package io.cooper.policy.monitoring;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `monitoring/runbook-link`
public final class RunbookLink implements RepositoryPolicy {
  /// Hosts that are reserved for examples (RFC 2606), and what people write for 'to be filled in'.
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "(^|\\.)(example(\\.(com|org|net))?|invalid|test|localhost)$|your-?(company|domain|org|wiki)|placeholder|changeme");

  @Override
  public About about() {
    return new About(
        "monitoring/runbook-link",
        WARNING,
        "The runbook of an alert is where its link leads.",
        """
        The link is opened at night, by someone who has nothing else. Found are links to hosts that exist for examples
        only (`example.com`, `your-domain`), links without a host that name no file of the repository, and what is no
        address at all. Whether a host answers is not judged: a check needs no network.
        """,
        "Write the address of the runbook, or leave the annotation out.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream()
        .map(Rules::of)
        .flatMap(rules -> rules.all().stream())
        .flatMap(rule ->
            rule
                .values()
                .find("annotations", "runbook_url")
                .flatMap(link -> judge(rule, link, repository.artifact()))
                .stream());
  }

  private static Optional<Finding> judge(Rule rule, Value link, Artifact artifact) {
    var text = link.text().orElse("");
    // Labels of the alert are put in when it fires.
    if (text.contains("{{")) {
      return Optional.empty();
    }
    return wrong(text, artifact)
        .map(what ->
            Finding.at(rule.owner().placeOf(link), "the runbook of %s is %s".formatted(rule, what))
                .of(rule.owner()));
  }

  private static Optional<String> wrong(String link, Artifact artifact) {
    if (link.isBlank() || link.equalsIgnoreCase("todo") || link.equalsIgnoreCase("tbd")) {
      return Optional.of("still to be written");
    }
    URI uri;
    try {
      uri = new URI(link.strip());
    } catch (URISyntaxException e) {
      return Optional.of("no address: %s".formatted(e.getReason().toLowerCase(Locale.ROOT)));
    }
    var host = Optional.ofNullable(uri.getHost());
    if (host.isPresent()) {
      return host.filter(name -> PLACEHOLDER.matcher(name.toLowerCase(Locale.ROOT)).find())
          .map(name -> "at %s, a host for examples".formatted(name));
    }
    if (uri.getScheme() != null) {
      return Optional.empty();
    }
    var path = Optional.ofNullable(uri.getPath()).orElse("").replaceFirst("^(\\./|/)+", "");
    return artifact.contains(path) || artifact.isFolder(path)
        ? Optional.of("%s, which nobody can open from an alert: there is no host".formatted(path))
        : Optional.of(
            "%s, which is no file of this repository%s"
                .formatted(path, Nearest.hint(path, artifact.files())));
  }
}
