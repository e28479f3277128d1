package io.cooper.policy.catalog;

import io.cooper.policy.About;
import io.cooper.policy.Policy;
import io.cooper.policy.cnpg.BackupClusterMissing;
import io.cooper.policy.cnpg.BackupMethod;
import io.cooper.policy.cnpg.ExternalCluster;
import io.cooper.policy.cnpg.LegacyStore;
import io.cooper.policy.cnpg.NoWalArchiver;
import io.cooper.policy.cnpg.OperatorVersion;
import io.cooper.policy.cnpg.PluginCertificate;
import io.cooper.policy.cnpg.PluginDiscovery;
import io.cooper.policy.cnpg.PluginNamespace;
import io.cooper.policy.cnpg.PluginOutdated;
import io.cooper.policy.cnpg.PluginRbac;
import io.cooper.policy.cnpg.PluginResources;
import io.cooper.policy.cnpg.PluginTestingImage;
import io.cooper.policy.cnpg.PluginVersions;
import io.cooper.policy.cnpg.RestoreIntoSource;
import io.cooper.policy.cnpg.RestoreNotArchiving;
import io.cooper.policy.cnpg.RestoreServerName;
import io.cooper.policy.cnpg.RetentionAndSchedule;
import io.cooper.policy.cnpg.RunbookCommand;
import io.cooper.policy.cnpg.SavedFromCluster;
import io.cooper.policy.cnpg.ScheduleFiveFields;
import io.cooper.policy.cnpg.StoreCredentials;
import io.cooper.policy.cnpg.StoreMissing;
import io.cooper.policy.cnpg.StoreParallelism;
import io.cooper.policy.cnpg.StoreRetention;
import io.cooper.policy.cnpg.StoreSecretKey;
import io.cooper.policy.cnpg.StoreSharedPrefix;
import io.cooper.policy.cnpg.StoreStatus;
import io.cooper.policy.cnpg.TwoArchivers;
import io.cooper.policy.cnpg.UnknownPlugin;
import io.cooper.policy.cnpg.WatchedNamespace;
import io.cooper.policy.flux.DependencyCycle;
import io.cooper.policy.flux.DependencyMissing;
import io.cooper.policy.flux.DependencyUndeclared;
import io.cooper.policy.flux.DependencyUnhealthy;
import io.cooper.policy.flux.HealthCheckDangling;
import io.cooper.policy.flux.HealthCheckMissing;
import io.cooper.policy.flux.Incomplete;
import io.cooper.policy.flux.ObjectOwnedTwice;
import io.cooper.policy.flux.PathMissing;
import io.cooper.policy.flux.PruneHazard;
import io.cooper.policy.flux.SecretNotMaterialised;
import io.cooper.policy.flux.SourceMissing;
import io.cooper.policy.flux.Suspended;
import io.cooper.policy.flux.Timeout;
import io.cooper.policy.flux.VariableUnresolved;
import io.cooper.policy.ignore.BroadPattern;
import io.cooper.policy.ignore.HiddenManifest;
import io.cooper.policy.ignore.SilentDrop;
import io.cooper.policy.ignore.SourceExcluded;
import io.cooper.policy.ignore.TrackedButIgnored;
import io.cooper.policy.ignore.UnexplainedPattern;
import io.cooper.policy.ignore.UntrackedManifest;
import io.cooper.policy.monitoring.BackupAge;
import io.cooper.policy.monitoring.InvalidExpression;
import io.cooper.policy.monitoring.RuleIncomplete;
import io.cooper.policy.monitoring.RunbookLink;
import io.cooper.policy.monitoring.UnknownMetric;
import io.cooper.policy.render.ChartDrift;
import io.cooper.policy.render.ChartFailed;
import io.cooper.policy.render.DroppedField;
import io.cooper.policy.render.RemoteResource;
import io.cooper.policy.render.RenderFailed;
import io.cooper.policy.schema.DeprecatedVersion;
import io.cooper.policy.schema.Invalid;
import io.cooper.policy.schema.UnknownKind;
import io.cooper.policy.schema.UnknownRelease;
import io.cooper.policy.schema.UnusableDefinition;
import io.cooper.policy.security.PlainSecret;
import io.cooper.policy.security.PodHardening;
import io.cooper.policy.security.PodRefused;
import io.cooper.policy.security.WildcardRbac;
import io.cooper.policy.settings.Suppressions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// All policies that come with Cooper, and all rules that findings can carry.
public final class BuiltInPolicies {
  private BuiltInPolicies() {}

  /// The policies that always run, one line each.
  public static List<Policy> all() {
    return List.of(
        new BackupClusterMissing(),
        new BackupMethod(),
        new ExternalCluster(),
        new LegacyStore(),
        new NoWalArchiver(),
        new OperatorVersion(),
        new PluginCertificate(),
        new PluginDiscovery(),
        new PluginNamespace(),
        new PluginOutdated(),
        new PluginRbac(),
        new PluginResources(),
        new PluginTestingImage(),
        new PluginVersions(),
        new RestoreIntoSource(),
        new RestoreNotArchiving(),
        new RestoreServerName(),
        new RetentionAndSchedule(),
        new RunbookCommand(),
        new SavedFromCluster(),
        new ScheduleFiveFields(),
        new StoreCredentials(),
        new StoreMissing(),
        new StoreParallelism(),
        new StoreRetention(),
        new StoreSecretKey(),
        new StoreSharedPrefix(),
        new StoreStatus(),
        new TwoArchivers(),
        new UnknownPlugin(),
        new WatchedNamespace(),
        new DependencyCycle(),
        new DependencyMissing(),
        new DependencyUndeclared(),
        new DependencyUnhealthy(),
        new HealthCheckDangling(),
        new HealthCheckMissing(),
        new Incomplete(),
        new ObjectOwnedTwice(),
        new PathMissing(),
        new PruneHazard(),
        new SecretNotMaterialised(),
        new SourceMissing(),
        new Suspended(),
        new Timeout(),
        new VariableUnresolved(),
        new BroadPattern(),
        new HiddenManifest(),
        new SilentDrop(),
        new SourceExcluded(),
        new TrackedButIgnored(),
        new UntrackedManifest(),
        new BackupAge(),
        new InvalidExpression(),
        new RuleIncomplete(),
        new RunbookLink(),
        new UnknownMetric(),
        new ChartDrift(),
        new ChartFailed(),
        new DroppedField(),
        new RemoteResource(),
        new RenderFailed(),
        new UnknownRelease(),
        new UnusableDefinition(),
        new PlainSecret(),
        new PodRefused(),
        new WildcardRbac(),
        new DeprecatedVersion(),
        new Invalid(),
        new UnknownKind());
  }

  /// Policies that run only when the settings or the caller name them.
  public static List<Policy> optional() {
    return List.of(new UnexplainedPattern(), new PodHardening());
  }

  /// What every rule says of itself, in the order of their ids: the policies' and those about
  /// suppressions.
  public static List<About> rules() {
    return Stream.concat(
            Stream.concat(all().stream(), optional().stream()).map(Policy::about),
            Stream.of(Suppressions.UNUSED, Suppressions.WITHOUT_REASON))
        .sorted(Comparator.comparing(About::id))
        .toList();
  }
}
