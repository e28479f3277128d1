package io.cooper.backup.drill;

import io.cooper.backup.restore.Site;
import io.cooper.store.FolderStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What [DrillKillTest] kills: a process that holds a drill, and says which stage it is in.
final class KilledDrill {
  private KilledDrill() {}

  /// Holds a drill, and waits in the stage that it is to be killed in.
  ///
  /// @param args the store, the scratch folder, PostgreSQL's programs
  public static void main(String[] args) throws Exception {
    try (var store = new FolderStore(Path.of(args[0]))) {
      var places =
          new DrillSettings.Places(
              Optional.of(Path.of(args[2])), Optional.empty(), Path.of(args[1]), Map.of());
      new Drill(store, Site.SERVER, DrillSettings.in(Path.of(args[1]), places))
          .run(
              new Drill.Watch() {
                @Override
                public void entered(Drill.Stage stage) {
                  System.out.println(stage);
                }

                @Override
                public void at(State state) {}
              });
      System.out.println("done");
    }
  }
}
