using System.Globalization;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>A file of ours that is kept at hand because its outcome may still be asked for.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Path">Where it lies in the register.</param>
internal sealed record RegisteredFile(int Sequence, string Path);

/// <summary>
/// The folders. A file is first put into our register under its number, whole and on disk, and only then copied into the outbox: so a crash
/// in between leaves a trace that the look-up follows, and one number never has two files. Methods throw <see cref="IOException"/> and
/// <see cref="UnauthorizedAccessException"/> when the disk does.
/// </summary>
internal sealed class DropFolder(FilesSettings settings)
{
    private const string Told = ".told";

    private readonly string _outbox = settings.Folder("outbox");
    private readonly string _inbox = settings.Folder("inbox");
    private readonly string _archive = settings.Folder("archive");
    private readonly string _register = settings.Folder("register");
    private readonly string _extension = settings.Codec.Extension;

    private string DoneFolder => Path.Combine(_register, "done");

    /// <summary>Fails when the folders of the exchange are not there, and makes sure that ours is.</summary>
    public void Open()
    {
        foreach (var folder in (string[])[_outbox, _inbox])
            if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"The folder {Path.GetFileName(folder)} of the exchange is not there.");
        Directory.CreateDirectory(DoneFolder);
        // What they hold could not be read any more, and their documents would be called absent.
        if (Directory.EnumerateFiles(_register).Any(path => Number(path) > 0 && !path.EndsWith(_extension, StringComparison.Ordinal)))
            throw new IOException("The register holds files of another format than the target's: let them be finished under the old one first.");
    }

    // ---- Our register -------------------------------------------------------------------------------------------------

    /// <summary>Files whose outcome may still be asked for, newest first.</summary>
    public IReadOnlyList<RegisteredFile> AtHand() =>
    [
        .. Directory.EnumerateFiles(_register, "*" + _extension).Select(path => (Path: path, Number: Number(path)))
            .Where(file => file.Number > 0).Select(file => new RegisteredFile(file.Number, file.Path)).OrderByDescending(file => file.Sequence),
    ];

    /// <summary>A number nobody has used: behind the ERP's last and our own.</summary>
    public int Next(int lastOfErp)
    {
        var next = Math.Max(lastOfErp, AtHand() is [var newest, ..] ? newest.Sequence : 0) + 1;
        while (IsUsed(next)) next++;
        return next;
    }

    /// <summary>Registers a file under its number; false when somebody else has taken the number meanwhile.</summary>
    public bool Register(int sequence, byte[] file)
    {
        var path = Path.Combine(_register, Name(sequence));
        if (!PutWhole(path, file)) return false;
        // Another worker may have used and finished the number between our choice and now; or it has handed over and finished this very file for us.
        var done = Path.Combine(DoneFolder, Name(sequence));
        if (!File.Exists(done) || File.ReadAllBytes(done).AsSpan().SequenceEqual(file)) return true;
        File.Delete(path);
        return false;
    }

    /// <summary>Marks that all a file's refusals were told to the caller.</summary>
    public void MarkTold(int sequence) => PutWhole(Path.Combine(_register, Name(sequence) + Told), []);

    /// <summary>Whether they were.</summary>
    public bool IsTold(int sequence) => File.Exists(Path.Combine(_register, Name(sequence) + Told));

    /// <summary>
    /// Puts a file and its answers away: nobody will ask for it again. Never over one that was put away before: a worker that chose the same number
    /// earlier and woke up later would find its own file there and believe the number its own.
    /// </summary>
    public void PutAway(RegisteredFile file)
    {
        File.Move(file.Path, Path.Combine(DoneFolder, Name(file.Sequence)), overwrite: false);
        File.Delete(file.Path + Told);
        foreach (var answer in AnswerPaths(file.Sequence)) File.Move(answer, Path.Combine(DoneFolder, Path.GetFileName(answer)), overwrite: true);
    }

    // ---- The exchange -------------------------------------------------------------------------------------------------

    /// <summary>Puts a registered file into the outbox. Done twice it does no harm: the ERP refuses a number it has seen.</summary>
    public void HandOver(int sequence, byte[] file)
    {
        if (!IsOnItsWay(sequence)) PutWhole(Path.Combine(_outbox, Name(sequence)), file);
    }

    /// <summary>Whether a file lies in the outbox, or was taken from there.</summary>
    public bool IsOnItsWay(int sequence) => File.Exists(Path.Combine(_outbox, Name(sequence))) || File.Exists(Path.Combine(_archive, Name(sequence)));

    /// <summary>What the ERP has answered about a number, each answer whole.</summary>
    public IReadOnlyList<byte[]> Answers(int sequence) => [.. AnswerPaths(sequence).Select(Bounded)];

    private List<string> AnswerPaths(int sequence)
    {
        var stem = Path.GetFileNameWithoutExtension(Name(sequence));
        return
        [
            .. ((string[])[$"ack-{stem}*{_extension}", $"rej-{stem}*{_extension}"])
                .SelectMany(pattern => Directory.EnumerateFiles(_inbox, pattern).Order(StringComparer.Ordinal)),
        ];
    }

    /// <summary>A file the ERP exports.</summary>
    public byte[] Export(string name) => Bounded(Path.Combine(_inbox, name + _extension));

    private static byte[] Bounded(string path) => new FileInfo(path).Length <= LegacyLimits.LargestAnswer
        ? File.ReadAllBytes(path)
        : throw new IOException($"{Path.GetFileName(path)} is larger than {LegacyLimits.LargestAnswer} bytes.");

    /// <summary>Writes beside, flushes to disk, and gives the name only when all bytes are there; false when the name is taken.</summary>
    private static bool PutWhole(string path, byte[] bytes)
    {
        var beside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.CreateVersion7():N}.tmp");
        try
        {
            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            if (File.Exists(path)) return false;
            File.Move(beside, path, overwrite: false); // a link: of two at once only one succeeds
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private bool IsUsed(int sequence) =>
        File.Exists(Path.Combine(_register, Name(sequence))) || File.Exists(Path.Combine(DoneFolder, Name(sequence))) || IsOnItsWay(sequence);

    private string Name(int sequence) => sequence.ToString("D8", CultureInfo.InvariantCulture) + _extension;

    private static int Number(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
