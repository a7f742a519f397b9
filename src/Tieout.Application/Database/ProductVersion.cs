using System.Reflection;

namespace Tieout.Application.Database;

/// <summary>The version of this program, as recorded with migrations and in backups.</summary>
internal static class ProductVersion
{
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
