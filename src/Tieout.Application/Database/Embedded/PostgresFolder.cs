using System.Globalization;
using System.Security.Cryptography;

namespace Tieout.Application.Database.Embedded;

/// <summary>The files the private PostgreSQL and its owners share: lock, port, password, log and the data itself.</summary>
internal sealed class PostgresFolder
{
    private PostgresFolder(string root) => Root = root;

    public string Root { get; }

    public string Data => Path.Combine(Root, "data");

    public string Log => Path.Combine(Root, "postgres.log");

    public string OwnerLock => Path.Combine(Root, "owner.lock");

    private string PortFile => Path.Combine(Root, "port");

    private string PasswordFile => Path.Combine(Root, "password");

    /// <summary>Makes the folder, enterable for the account PostgreSQL will run under.</summary>
    /// <exception cref="DatabaseTroubleException">It cannot be made, or that account could not enter it.</exception>
    public static PostgresFolder Prepare(string dataFolder, ServerAccount account)
    {
        var root = Path.Combine(dataFolder, "postgres");
        try
        {
            foreach (var folder in new[] { dataFolder, root })
            {
                if (Directory.Exists(folder)) continue;
                Directory.CreateDirectory(folder);
                // Whatever the caller's umask took away, the server's account needs to pass through here.
                if (account.IsOther) FileModes.LetPass(folder);
            }
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseTroubleException($"Cannot make the data folder {root}: {trouble.Message} Choose another by TIEOUT_DATA.", trouble);
        }

        // The kernel's own name for it, to compare with the working folders of running processes.
        root = RealPath.Of(root);
        account.DemandReachable(root);
        return new PostgresFolder(root);
    }

    /// <summary>The port and password the present or last owner has left, or null before the first start is that far.</summary>
    public (int Port, string Password)? Access()
    {
        try
        {
            if (!File.Exists(PortFile) || !File.Exists(PasswordFile)) return null;
            return int.TryParse(File.ReadAllText(PortFile), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? (port, File.ReadAllText(PasswordFile))
                : null;
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new DatabaseTroubleException(
                $"The PostgreSQL in {Root} belongs to another user: {denied.Message} Choose your own folder by TIEOUT_DATA.", denied);
        }
    }

    /// <summary>Makes and keeps a password for a database about to be initialised.</summary>
    public string NewPassword()
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        Replace(PasswordFile, password);
        return password;
    }

    public void RememberPort(int port) => Replace(PortFile, port.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a file that only its owner may read, for the length of one initdb.</summary>
    public string WriteTemporarySecret(string text)
    {
        var path = Path.Combine(Root, "initdb.secret");
        Replace(path, text);
        return path;
    }

    /// <summary>Starts a new log when the old one has become long; one old log is kept.</summary>
    public void TurnLogOver()
    {
        const long longLog = 16 << 20;
        if (File.Exists(Log) && new FileInfo(Log).Length > longLog) File.Move(Log, Log + ".old", overwrite: true);
    }

    /// <summary>The last lines PostgreSQL wrote from byte <paramref name="from"/> on, for a message about a failed start.</summary>
    public string LogTail(long from)
    {
        const int lines = 15;
        if (!File.Exists(Log)) return "(PostgreSQL wrote nothing)";
        using var stream = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Min(from, stream.Length);
        using var reader = new StreamReader(stream);
        var tail = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(lines).ToList();
        return tail.Count == 0 ? "(PostgreSQL wrote nothing)" : string.Join('\n', tail);
    }

    public long LogLength => File.Exists(Log) ? new FileInfo(Log).Length : 0;

    /// <summary>By rename, so that an attaching process reads the old text or the new one, never half of it.</summary>
    private static void Replace(string path, string text)
    {
        var unfinished = path + ".new";
        File.Delete(unfinished);
        using (var writer = new StreamWriter(FileModes.CreateSecret(unfinished)))
        {
            writer.Write(text);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
