package io.cooper.migrate;

import io.cooper.manifest.Manifest;
import java.util.List;

/// What is to become of one Cluster.
///
/// @param cluster as it is rendered, the first where several are made of the same text
/// @param moved field by field
/// @param obstacles that nobody accepted; with one, nothing of this Cluster is changed
/// @param notes what a person has to know or do besides
public record ClusterMove(
    Manifest cluster, List<Moved> moved, List<Obstacle> obstacles, List<String> notes) {
  public ClusterMove {
    moved = List.copyOf(moved);
    obstacles = List.copyOf(obstacles);
    notes = List.copyOf(notes);
  }
}
