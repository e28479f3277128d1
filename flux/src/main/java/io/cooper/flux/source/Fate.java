package io.cooper.flux.source;

import io.cooper.flux.ignore.IgnoreRule;
import java.util.Optional;

/// What becomes of one path on its way from the disk over Git to Flux's artifact.
public sealed interface Fate {
  /// The ignore rule that decides, if one does.
  default Optional<IgnoreRule> rule() {
    return Optional.empty();
  }

  /// Whether the path reaches the artifact.
  default boolean arrives() {
    return false;
  }

  /// What happens, as a sentence without a full stop whose subject is the path.
  String sentence();

  /// It is tracked, and Flux has it.
  ///
  /// @param rule a rule of git that would hide it if it were added anew
  record InArtifact(Optional<IgnoreRule> rule) implements Fate {
    @Override
    public boolean arrives() {
      return true;
    }

    @Override
    public String sentence() {
      return rule.map(found -> "tracked, rule would hide it if re-added: " + found)
          .orElse("tracked; no rule matches");
    }
  }

  /// It is not in Git, and a rule of git keeps it out.
  ///
  /// @param by the rule
  /// @param onDisk whether it is here; in a clean checkout it never is
  record Hidden(IgnoreRule by, boolean onDisk) implements Fate {
    @Override
    public Optional<IgnoreRule> rule() {
      return Optional.of(by);
    }

    @Override
    public String sentence() {
      return onDisk
          ? "not in Git: hidden by " + by
          : "neither on disk nor in Git: %s would hide it".formatted(by);
    }
  }

  /// It is on disk and nothing keeps it out of Git, but nobody added it.
  record Untracked() implements Fate {
    @Override
    public String sentence() {
      return "not in Git: no rule hides it, it was never added";
    }
  }

  /// It is in Git, and Flux leaves it out of the artifact.
  record SourceExcluded(IgnoreRule by) implements Fate {
    @Override
    public Optional<IgnoreRule> rule() {
      return Optional.of(by);
    }

    @Override
    public String sentence() {
      return "tracked, but Flux leaves it out of the artifact: " + by;
    }
  }

  /// It is in Git and outside of `spec.sparseCheckout`.
  record NotSparse() implements Fate {
    @Override
    public String sentence() {
      return "tracked, but outside of spec.sparseCheckout of the GitRepository";
    }
  }

  /// It is a symbolic link, and Flux drops those.
  record Symlink() implements Fate {
    @Override
    public String sentence() {
      return "a symbolic link: Flux drops links from the artifact";
    }
  }

  /// It lies in a submodule that Flux does not fetch, or that is not here.
  record SubmoduleContent(String submodule, boolean fetched) implements Fate {
    @Override
    public String sentence() {
      return fetched
          ? "in submodule %s, which is not checked out here".formatted(submodule)
          : "in submodule %s: Flux fetches none unless spec.recurseSubmodules is true"
              .formatted(submodule);
    }
  }

  /// It lies in a repository of its own that is no submodule.
  record NestedRepository(String folder) implements Fate {
    @Override
    public String sentence() {
      return "in %s, a Git repository of its own".formatted(folder);
    }
  }

  /// It comes from another source by `spec.include`, whose content is not at hand.
  record Included(String repository) implements Fate {
    @Override
    public String sentence() {
      return "comes from GitRepository %s by spec.include; its content is not known here"
          .formatted(repository);
    }
  }

  /// It is in Git, but was deleted from the working tree.
  record Deleted() implements Fate {
    @Override
    public String sentence() {
      return "tracked, but deleted in the working tree";
    }
  }

  /// It is in Git, but its content is not in this clone.
  record Unavailable() implements Fate {
    @Override
    public String sentence() {
      return "tracked, but its content is not in this partial clone";
    }
  }

  /// There is no such thing, and no rule that would hide it.
  record Absent() implements Fate {
    @Override
    public String sentence() {
      return "neither on disk nor in Git; no rule would hide it";
    }
  }
}
