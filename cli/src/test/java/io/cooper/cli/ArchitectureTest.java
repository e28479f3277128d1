package io.cooper.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Who may use whom. The tree in docs/design.md is a promise; this test keeps it.
class ArchitectureTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.cooper");

  @Test
  void packages_form_no_rings() {
    slices().matching("io.cooper.(**)").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void problems_know_nobody() {
    noClasses()
        .that()
        .resideInAPackage("io.cooper.problem..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.cooper.manifest..", "io.cooper.flux..", "io.cooper.policy..", "io.cooper.cli..")
        .check(PRODUCT);
  }

  @Test
  void manifests_know_only_problems() {
    noClasses()
        .that()
        .resideInAPackage("io.cooper.manifest..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.cooper.flux..", "io.cooper.policy..", "io.cooper.cli..")
        .check(PRODUCT);
  }

  @Test
  void what_flux_sees_does_not_depend_on_how_it_is_judged() {
    noClasses()
        .that()
        .resideInAPackage("io.cooper.flux..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.cooper.policy..", "io.cooper.cli..")
        .check(PRODUCT);
  }

  @Test
  void families_of_policies_do_not_know_each_other() {
    slices()
        .matching("io.cooper.policy.(ignore|render|schema|user|flux|cnpg|monitoring|security)..")
        .should()
        .notDependOnEachOther()
        .check(PRODUCT);
  }

  @Test
  void each_heavy_library_is_named_in_one_place() {
    onlyIn("io.cooper.manifest..", "org.snakeyaml..");
    onlyIn("io.cooper.[promql|schemas]..", "com.google.re2j..");
    onlyIn("io.cooper.schemas.validate..", "com.networknt..");
    onlyIn("io.cooper.schemas.cel..", "dev.cel..");
    onlyIn("io.cooper.flux..", "org.zeroturnaround..");
    onlyIn("io.cooper.flux.graph..", "org.eclipse.elk..", "org.jgrapht..");
    onlyIn("io.cooper.policy.report.html..", "gg.jte..");
    onlyIn("io.cooper.policy.cnpg..", "com.cronutils..");
    onlyIn("io.cooper.cli..", "picocli..", "me.tongfei..");
    onlyIn("io.cooper.policy.repair..", "com.github.difflib..");
    onlyIn("io.cooper.store.s3..", "software.amazon..");
    onlyIn("io.cooper.store.azure..", "com.azure..");
    onlyIn(
        "io.cooper.store.gcs..",
        "com.google.api.client..",
        "com.google.api.services..",
        "com.google.auth..");
    onlyIn(
        "io.cooper.backup..",
        "com.github.luben..",
        "net.jpountz..",
        "org.xerial..",
        "org.tukaani..",
        "org.apache.commons.compress..");
  }

  @Test
  void stores_know_only_problems() {
    noClasses()
        .that()
        .resideInAPackage("io.cooper.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.cooper.backup..",
            "io.cooper.manifest..",
            "io.cooper.flux..",
            "io.cooper.policy..",
            "io.cooper.cli..")
        .check(PRODUCT);
  }

  @Test
  void backups_and_reconciling_do_not_know_each_other() {
    noClasses()
        .that()
        .resideInAPackage("io.cooper.backup..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.cooper.store.s3..",
            "io.cooper.store.azure..",
            "io.cooper.store.gcs..",
            "io.cooper.manifest..",
            "io.cooper.flux..",
            "io.cooper.policy..",
            "io.cooper.cli..")
        .check(PRODUCT);
    noClasses()
        .that()
        .resideInAnyPackage("io.cooper.flux..", "io.cooper.policy..", "io.cooper.schemas..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.cooper.backup..", "io.cooper.store..")
        .check(PRODUCT);
  }

  private static void onlyIn(String room, String... libraries) {
    noClasses()
        .that()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries)
        .check(PRODUCT);
  }
}
