package io.cooper.policy.cnpg;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.source.Sandbox;
import io.cooper.flux.source.SourceTree;
import io.cooper.policy.Repository;
import io.cooper.policy.Verdict;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunbookCommandTest {
  private static final String APPLIED =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: cnpg-controller-manager, namespace: cnpg-system}
      spec:
        replicas: 1
        template:
          metadata: {labels: {app.kubernetes.io/name: cloudnative-pg}}
          spec:
            containers:
              - {name: manager, image: "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: home-automation}
      ---
      apiVersion: barmancloud.cnpg.io/v1
      kind: ObjectStore
      metadata: {name: store, namespace: home-automation}
      ---
      apiVersion: postgresql.cnpg.io/v1
      kind: Cluster
      metadata: {name: homeassistant-postgresql, namespace: home-automation}
      spec:
        plugins:
          - {name: barman-cloud.cloudnative-pg.io, isWALArchiver: true}
      """;

  @TempDir Path folder;

  private List<Verdict> judged(String markdown) {
    var sandbox =
        Sandbox.repository(folder)
            .write(".gitignore", "*backup*.yaml\n")
            .write("docs/runbook.md", markdown)
            .commit();
    var source = SourceTree.ofWorkingTree(sandbox.root(), sandbox.environment());
    return Judged.by(
        new RunbookCommand(), new Repository(source, List.of(TestTree.entry(APPLIED).tree())));
  }

  private List<Verdict> typed(String command) {
    return judged("# When it breaks\n\n```bash\n%s\n```\n".formatted(command));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '^',
      textBlock =
          """
          flux describe kustomization infrastructure-cnpg-barman-plugin ^ notice ^ no command describe
          kubectl rollout restart deployment homeassistant-postgresql -n home-automation ^ notice ^ There is no Deployment homeassistant-postgresql
          kubectl -n x rollout restart deployment/homeassistant-postgresql ^ notice ^ There is no Deployment homeassistant-postgresql
          kubectl delete namespace cnpg-system --force --grace-period=0 ^ warning ^ deletes the operator
          kubectl patch deployment cnpg-controller-manager -n cnpg-system -p '{"spec":{"replicas":2}}' ^ notice ^ Flux applies Deployment/cnpg-system/cnpg-controller-manager
          kubectl patch objectstores.barmancloud.cnpg.io store --type merge -p '{}' ^ notice ^ Flux applies ObjectStore
          kubectl edit cluster homeassistant-postgresql ^ notice ^ Flux applies Cluster
          kubectl scale deploy/cnpg-controller-manager --replicas=0 ^ notice ^ Flux applies Deployment
          kubectl logs -n cnpg-system -l app.kubernetes.io/name=barman-cloud --tail=50 ^ notice ^ No Pod carries the label
          kubectl get backup b1 -o yaml | grep Duration ^ notice ^ no field Duration
          kubectl describe backups -A | grep -i "duration" ^ notice ^ no field Duration
          kubectl get deployment -n cnpg-system cnpg-controller-manager | grep image ^ notice ^ no column for images
          kubectl describe objectstore store | grep -i ready ^ notice ^ has no conditions
          kubectl get objectstore store -o jsonpath='{.status.conditions}' ^ notice ^ has no conditions
          kubectl run s3-test --image=amazon/aws-cli --env="AWS_SECRET_ACCESS_KEY=$KEY" -- s3 ls ^ warning ^ Pod's spec
          kubectl apply --dry-run=client -f infrastructure/ ^ notice ^ dry run of the client
          kubectl exec -it homeassistant-postgresql-1 -- pg_basebackup -D /tmp/backup -Ft -z -P ^ notice ^ read-only root
          kubectl cnpg backup homeassistant-postgresql ^ notice ^ built-in method
          curl -LO https://raw.githubusercontent.com/cloudnative-pg/plugin-barman-cloud/refs/tags/v0.11.0/manifest.yaml ^ notice ^ testing image
          kubectl get cluster homeassistant-postgresql -o yaml > pre-migration-backup.yaml ^ notice ^ .gitignore:1 *backup*.yaml
          """)
  @Tag("S217")
  @Tag("X10")
  @Tag("X11")
  @Tag("X17")
  @Tag("X20")
  @Tag("X22")
  @Tag("X24")
  @Tag("X26")
  @Tag("X27")
  @Tag("X28")
  @Tag("X29")
  @Tag("X33")
  void a_command_that_does_not_do_what_it_is_for_is_found(
      String command, String severity, String says) {
    var findings = typed(command);

    assertThat(findings).hasSize(1);
    assertThat(Judged.line(findings.getFirst()))
        .startsWith("%s docs/runbook.md:4 ".formatted(severity))
        .contains(says);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flux get kustomizations",
        "kubectl rollout restart deployment web",
        "kubectl rollout restart deployment somebody-elses",
        "kubectl cnpg restart homeassistant-postgresql",
        "kubectl delete namespace test",
        "kubectl delete pod cnpg-system",
        "kubectl patch deployment somebody-elses -p '{}'",
        "kubectl patch cluster homeassistant-postgresql -p '{\"metadata\":{\"annotations\":{}}}'",
        "kubectl scale deployment web --replicas=0",
        "kubectl logs -l app=barman-cloud",
        "kubectl get backups -A | grep running",
        "kubectl get deployment web -o yaml | grep image",
        "kubectl run test --image=busybox --env=HOME=/tmp -- ls",
        "kubectl apply --dry-run=server -f infrastructure/",
        "kubectl exec db-1 -- pg_basebackup -Ft -X fetch -D - > base.tar",
        "kubectl cnpg backup homeassistant-postgresql --method=plugin --plugin-name=x",
        "kubectl get cluster homeassistant-postgresql -o yaml > before.yaml",
        "curl -LO https://github.com/cloudnative-pg/plugin-barman-cloud/releases/download/v0.11.0/manifest.yaml",
        "# flux describe kustomization x",
        "echo 'flux describe'",
        "kubectl -n x",
        "kubectl -n",
        "ls -la -h"
      })
  @Tag("S217")
  void a_command_that_works_is_no_finding(String command) {
    assertThat(typed(command)).isEmpty();
  }

  @Test
  void only_shell_blocks_are_read_and_lines_are_joined_at_a_backslash() {
    var findings =
        judged(
            """
            Never type flux describe.

            ```yaml
            flux describe
            ```

            ~~~console
            $ kubectl rollout restart \\
                deployment homeassistant-postgresql
            ~~~

                flux describe kustomization x

            ```
            cd /tmp && flux describe kustomization x
            ```
            """);

    assertThat(findings)
        .extracting(verdict -> verdict.finding().place().line())
        .containsExactly(8, 15);
  }

  @Test
  @Tag("S51")
  @Tag("X33")
  void who_suspends_flux_first_may_change_what_it_applies() {
    var patch = "kubectl edit cluster homeassistant-postgresql";

    assertThat(judged("```sh\n%s\n```\n".formatted(patch))).hasSize(1);
    assertThat(judged("```sh\nflux suspend kustomization apps\n%s\n```\n".formatted(patch)))
        .isEmpty();
  }

  @Test
  void a_fence_that_never_ends_is_read_to_the_end() {
    assertThat(judged("```sh\nflux describe x\n")).hasSize(1);
    assertThat(judged("```sh\nflux describe x \\")).hasSize(1);
    assertThat(judged("```sh\n'\"`\n```")).isEmpty();
  }
}
