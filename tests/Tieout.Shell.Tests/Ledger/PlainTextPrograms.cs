using System.Diagnostics;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>hledger and beancount, as Debian's packages of these names install them.</summary>
internal static class PlainTextPrograms
{
    /// <summary>Runs a program and answers what it printed; fails with its words unless it ends well.</summary>
    public static async Task<string> Run(string program, params string[] arguments)
    {
        var (code, output, errors) = await Ended(program, arguments);
        code.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {output}{errors}");
        return output;
    }

    /// <summary>Runs a program that has to refuse, and answers with what words.</summary>
    public static async Task<string> Refuses(string program, params string[] arguments)
    {
        var (code, output, errors) = await Ended(program, arguments);
        code.ShouldNotBe(0, $"{program} {string.Join(' ', arguments)} took it.");
        return output + errors;
    }

    private static async Task<(int Code, string Output, string Errors)> Ended(string program, string[] arguments)
    {
        Demand(program);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // Both read files in the encoding of the locale.
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    // Fails where it is not installed, as the browser's tests do; with TIEOUT_TESTS_ALLOW_MISSING=1 the test is reported as not run.
    private static void Demand(string program)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
        if (found) return;
        var missing = $"NOT RUN: {program} is not installed (Debian's packages hledger and beancount).";
        if (Environment.GetEnvironmentVariable("TIEOUT_TESTS_ALLOW_MISSING") == "1") Assert.Skip(missing);
        Assert.Fail(missing + " Or set TIEOUT_TESTS_ALLOW_MISSING=1.");
    }
}
