/// What backups there are.
///
/// - **Here:** [io.cooper.backup.catalog.Catalog] reads them, whoever wrote them;
///   [io.cooper.backup.catalog.CatalogText] prints them as text and JSON.
/// - **Begin with:** [io.cooper.backup.catalog.Catalog].
/// - **May use:** `format`, `store`, `problem`. Nothing here writes to a store.
@NullMarked
package io.cooper.backup.catalog;

import org.jspecify.annotations.NullMarked;
