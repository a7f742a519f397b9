using Npgsql;

namespace Tieout.Application.Database;

/// <summary>
/// Connection strings as people write them: a URL (<c>postgres://user:password@host:5432/tieout?sslmode=require</c>) or
/// Npgsql's own <c>Host=...;Database=...</c>. No message here repeats the text, because it may hold a password.
/// </summary>
public static class ConnectionText
{
    // The names libpq uses in URLs, where they differ from Npgsql's by more than an underscore.
    private static readonly Dictionary<string, string> LibpqNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["connect_timeout"] = "Timeout",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["application_name"] = "Application Name",
        ["target_session_attrs"] = "Target Session Attributes",
        ["channel_binding"] = "Channel Binding",
    };

    /// <summary>Reads either form.</summary>
    /// <exception cref="DatabaseTroubleException">It is neither, or names a setting that does not exist.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        var isUrl = text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);
        var target = isUrl ? FromUrl(text) : FromKeywords(text);
        if (string.IsNullOrEmpty(target.Host)) throw new DatabaseTroubleException("The database connection string names no host.");
        target.WriteBufferSize = Math.Max(target.WriteBufferSize, Bulk.WriteBufferSize);
        return target;
    }

    private static NpgsqlConnectionStringBuilder FromKeywords(string text) => Understood(
        () => new NpgsqlConnectionStringBuilder(text),
        "The database connection string is not understood. Write postgres://user:password@host:5432/database "
        + "or Host=...;Port=...;Username=...;Password=...;Database=...");

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            throw new DatabaseTroubleException(
                "The database URL is not understood. Write postgres://user:password@host:5432/database, "
                + "with special characters in the password percent-encoded.");
        }

        var target = new NpgsqlConnectionStringBuilder { Host = url.Host.Trim('[', ']') };
        if (url.Port > 0) target.Port = url.Port;
        if (url.AbsolutePath.Length > 1) target.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0) target.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2) target.Password = Uri.UnescapeDataString(user[1]);
        foreach (var option in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)) Apply(option, target);
        return target;
    }

    private static void Apply(string option, NpgsqlConnectionStringBuilder target)
    {
        var parts = option.Split('=', 2);
        var name = Uri.UnescapeDataString(parts[0]);
        var value = Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "");
        // libpq writes verify-full where Npgsql has VerifyFull.
        var isWord = name.Equals("sslmode", StringComparison.OrdinalIgnoreCase);
        Understood<object>(
            () => target[LibpqNames.GetValueOrDefault(name, name)] = isWord ? value.Replace("-", "", StringComparison.Ordinal) : value,
            $"The database URL has an option that is not understood: {name}.");
    }

    private static T Understood<T>(Func<T> read, string otherwise)
    {
        try
        {
            return read();
        }
        catch (ArgumentException)
        {
            // The cause goes no further, here and below: its message may repeat a part of the text.
        }
        catch (FormatException)
        {
        }
        catch (KeyNotFoundException)
        {
        }

        throw new DatabaseTroubleException(otherwise);
    }
}
