namespace Tieout.Cli.Terminal;

/// <summary>Files that verbs are given to read.</summary>
internal static class InputFile
{
    /// <summary>All of it.</summary>
    /// <param name="file">Its path, or <c>-</c> for standard input.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="UsageException">It cannot be read; the message says why.</exception>
    public static async Task<byte[]> Read(string file, CancellationToken cancel)
    {
        try
        {
            if (file != "-") return await File.ReadAllBytesAsync(file, cancel);
            using var bytes = new MemoryStream();
            await using var input = Console.OpenStandardInput();
            await input.CopyToAsync(bytes, cancel);
            return bytes.ToArray();
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file '{Path.GetFileName(file)}' cannot be read: {trouble.Message}", trouble);
        }
    }
}
