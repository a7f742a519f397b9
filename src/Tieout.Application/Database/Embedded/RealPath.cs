namespace Tieout.Application.Database.Embedded;

/// <summary>A path as the kernel names it, with every symbolic link on the way followed.</summary>
internal static class RealPath
{
    public static string Of(string path)
    {
        var real = "/";
        foreach (var part in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = new FileInfo(next).LinkTarget is { } target ? Of(Path.Combine(real, target)) : next;
        }

        return real;
    }
}
