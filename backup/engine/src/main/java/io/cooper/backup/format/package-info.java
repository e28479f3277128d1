/// barman-cloud's object format: what lies where, under which name, and in which encoding.
///
/// - **Here:** the keys of a server's folder ([io.cooper.backup.format.ServerFolder]), names of WAL
///   files ([io.cooper.backup.format.WalName]), compressions ([io.cooper.backup.format.Codec]) and
///   the file that describes a backup ([io.cooper.backup.format.BackupInfo]).
/// - **Begin with:** [io.cooper.backup.format.ServerFolder].
/// - **May use:** `problem`. Not: stores. Nothing here reads or writes anything but what it is
///   given. The compression libraries are named here and nowhere else.
/// - **One more?** A compression is one row in `Codec`; a key of `backup.info` is one field in
///   `BackupInfo`.
@NullMarked
package io.cooper.backup.format;

import org.jspecify.annotations.NullMarked;
