using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Tieout.Domain.Tests.Tidy;

/// <summary>The rules of the house, as tests.</summary>
public partial class TidyTests
{
    private const int LongestFile = 400;
    private const int LongestMethod = 70;
    private const int LongestLine = 165;

    private static readonly string[] TextFiles =
        [".cs", ".json", ".md", ".sh", ".yaml", ".yml", ".props", ".csproj", ".sql", ".ts", ".tsx", ".npmrc", ""];

    private static readonly string Root = FindRoot();
    private static readonly Assembly Domain = typeof(Money).Assembly;

    [Fact]
    public void The_domain_refers_to_no_package() =>
        File.ReadAllText(Path.Combine(Root, "src/Tieout.Domain/Tieout.Domain.csproj")).ShouldNotContain("Reference");

    [Fact]
    public void The_domain_waits_for_nothing() =>
        Domain.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => typeof(Task).IsAssignableFrom(method.ReturnType) || method.GetCustomAttribute<AsyncStateMachineAttribute>() is not null)
            .ShouldBeEmpty();

    [Fact]
    public void Domain_types_are_sealed_or_static_or_closed() =>
        Domain.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsSealed: false })
            .Where(type => type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).Length > 0)
            .ShouldBeEmpty();

    [Fact]
    public void The_domain_knows_no_floating_point() =>
        Sources("src/Tieout.Domain").Where(file => FloatingPoint().IsMatch(WithoutComments(file))).ShouldBeEmpty();

    [Fact]
    public void Files_stay_short() =>
        AllSources().Where(file => File.ReadLines(file).Count() > LongestFile).ShouldBeEmpty();

    [Fact]
    public void Lines_stay_readable() =>
        // A table of test cases may be as wide as it has to be.
        Sources("src").SelectMany(file => File.ReadLines(file).Select((line, index) => (Where: $"{file}:{index + 1}", line.Length)))
            .Where(line => line.Length > LongestLine).ShouldBeEmpty();

    [Fact]
    public void Methods_stay_short() => AllSources().SelectMany(LongMethods).ShouldBeEmpty();

    [Fact]
    public void Migrations_are_numbered_without_gaps()
    {
        var names = Directory.GetFiles(Path.Combine(Root, "db/migrations"), "*.sql").Select(file => Path.GetFileName(file)!)
            .Where(name => !name.EndsWith(".check.sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        names.Select(name => name[..4]).ShouldBe(Enumerable.Range(1, names.Count).Select(number => number.ToString("0000", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Every_module_says_what_it_owns() =>
        new[] { "src/Tieout.Domain", "src/Tieout.Application", "src/Tieout.Connectors", "src/Tieout.Sandbox" }
            .SelectMany(project => Directory.GetDirectories(Path.Combine(Root, project)))
            .Where(folder => Path.GetFileName(folder) is not ("bin" or "obj") && Directory.GetFiles(folder, "*.cs").Length > 0)
            .Where(folder => !File.Exists(Path.Combine(folder, "README.md")))
            .ShouldBeEmpty();

    [Fact]
    public void No_address_of_a_package_registry_is_written_anywhere() =>
        AllFiles().Where(file => RegistryHost().IsMatch(File.ReadAllText(file))).ShouldBeEmpty();

    private static IEnumerable<string> LongMethods(string file)
    {
        var lines = File.ReadAllLines(file);
        for (var index = 0; index < lines.Length; index++)
        {
            // A member's body opens with a brace alone at four or eight spaces and closes at the same depth.
            if (lines[index] is not ("    {" or "        {") || index == 0 || !Signature(lines[index - 1])) continue;
            var close = Array.IndexOf(lines, lines[index].Replace('{', '}'), index);
            if (close - index > LongestMethod) yield return $"{file}:{index}";
        }
    }

    // Ends like a parameter list and says who may call it; an initializer's opening line ends like one too.
    private static bool Signature(string line) => line.TrimEnd().EndsWith(')') && !line.Contains("new(", StringComparison.Ordinal) &&
        (Access().IsMatch(line) || (line.StartsWith("        ", StringComparison.Ordinal) && !line.Contains("new ", StringComparison.Ordinal)));

    private static string WithoutComments(string file) => Comment().Replace(File.ReadAllText(file), "");

    private static IEnumerable<string> AllSources() => Sources("src").Concat(Sources("tests")).Concat(Sources("bench"));

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(IsOurs);

    private static IEnumerable<string> AllFiles() =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Where(IsOurs)
            .Where(file => TextFiles.Contains(Path.GetExtension(file)));

    private static bool IsOurs(string file)
    {
        var inside = Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar);
        return !inside.Any(part => part is "bin" or "obj" or "node_modules" or "wwwroot" or ".git" or "TestResults" or "build");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Tieout.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"\b(?:double|float)\b", RegexOptions.None, 1000)]
    private static partial Regex FloatingPoint();

    [GeneratedRegex(@"\b(?:public|private|internal|protected|static)\b", RegexOptions.None, 1000)]
    private static partial Regex Access();

    [GeneratedRegex("//.*", RegexOptions.None, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"registry\.npm" + @"js|api\.nu" + @"get\.org|deb\.deb" + @"ian\.org", RegexOptions.None, 1000)]
    private static partial Regex RegistryHost();
}
