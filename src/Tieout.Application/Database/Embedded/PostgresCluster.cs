namespace Tieout.Application.Database.Embedded;

/// <summary>The data folder's making. Initialised under another name and renamed, so that it is complete or absent.</summary>
internal static class PostgresCluster
{
    /// <summary>The superuser of the private server.</summary>
    public const string Superuser = "tieout";

    public static async Task Provide(PostgresFolder folder, PostgresBinaries binaries, ServerAccount account, CancellationToken cancel)
    {
        if (Directory.Exists(folder.Data))
        {
            DemandOurMajorVersion(folder);
            return;
        }

        RemoveUnfinished(folder);
        // A name of its own: an initdb whose hub was killed may still be writing under another.
        var unfinished = $"{folder.Data}.new-{Guid.CreateVersion7():N}";
        Directory.CreateDirectory(unfinished);
        await account.TakeOwnership(unfinished, cancel);

        // initdb wants the password as a file its own account can read.
        var secret = folder.WriteTemporarySecret(folder.NewPassword());
        try
        {
            await account.TakeOwnership(secret, cancel);
            var made = await account.Run(
                binaries.InitDb,
                [
                    "-D", unfinished, "-U", Superuser, "-A", "scram-sha-256", $"--pwfile={secret}", "-E", "UTF8",
                    // No dependence on what locales this machine happens to have.
                    "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                ],
                cancel);
            made.OutputOf("Making the PostgreSQL data folder");
        }
        finally
        {
            File.Delete(secret);
        }

        Directory.Move(unfinished, folder.Data);
    }

    private static void RemoveUnfinished(PostgresFolder folder)
    {
        foreach (var left in Directory.EnumerateDirectories(folder.Root, "data.new-*"))
        {
            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (IOException)
            {
                // Still being written by that initdb; the next start removes it.
            }
        }
    }

    private static void DemandOurMajorVersion(PostgresFolder folder)
    {
        var file = Path.Combine(folder.Data, "PG_VERSION");
        var found = File.Exists(file) ? File.ReadAllText(file).Trim() : "an unknown version";
        if (found == PostgresBinaries.Major) return;
        throw new DatabaseTroubleException(
            $"{folder.Data} was made by PostgreSQL {found}, this program brings {PostgresBinaries.Major}. "
            + "Write a backup with the Tieout that made it and restore that here.");
    }
}
