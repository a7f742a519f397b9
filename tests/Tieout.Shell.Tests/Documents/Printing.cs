using Tieout.Application.Documents;

namespace Tieout.Shell.Tests.Documents;

/// <summary>The browser that prints, as the program finds it.</summary>
internal static class Printing
{
    public static readonly (string? Program, string Problem) Found = ChromiumProgram.Find(
        Environment.GetEnvironmentVariable(ChromiumProgram.Setting), Environment.GetEnvironmentVariable("PATH"));

    /// <summary>Fails where there is none, as the tower's tests do; with TIEOUT_TESTS_ALLOW_MISSING=1 the test is reported as not run.</summary>
    public static void DemandBrowser()
    {
        if (Found.Program is not null) return;
        if (Environment.GetEnvironmentVariable("TIEOUT_TESTS_ALLOW_MISSING") == "1") Assert.Skip("NOT RUN: " + Found.Problem);
        Assert.Fail("NOT RUN: " + Found.Problem + " Or set TIEOUT_TESTS_ALLOW_MISSING=1.");
    }
}
