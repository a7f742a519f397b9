using System.ComponentModel;
using System.Diagnostics;

namespace Tieout.Application.Database.Embedded;

/// <summary>What a short-lived helper program answered.</summary>
/// <param name="ExitCode">0 is success.</param>
/// <param name="Output">Standard output and standard error, in that order.</param>
internal sealed record Command(int ExitCode, string Output)
{
    /// <summary>The output of a success.</summary>
    /// <exception cref="DatabaseTroubleException">It failed; <paramref name="purpose"/> says at what.</exception>
    public string OutputOf(string purpose) =>
        ExitCode == 0 ? Output : throw new DatabaseTroubleException($"{purpose} failed (exit code {ExitCode}): {Output.Trim()}");

    public static async Task<Command> Run(string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(PathOf(program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Never the user's folder: the account may be unable to enter it, and it must stay free to be removed.
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return new Command(process.ExitCode, await output + await errors);
    }

    /// <summary>
    /// Where a program of the system lies, by PATH alone: left to itself .NET looks into the user's folder first, and whatever is called
    /// <c>id</c> there would be run. The name as it is where there is none, or where it is a path already.
    /// </summary>
    public static string PathOf(string program) => program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? program
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) ?? program;

    /// <summary>Starts a program that goes on beside us.</summary>
    /// <exception cref="DatabaseTroubleException">The program is not installed.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new DatabaseTroubleException($"Cannot run `{start.FileName}`: {missing.Message}", missing);
        }
    }
}
