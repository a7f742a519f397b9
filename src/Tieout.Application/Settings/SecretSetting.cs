namespace Tieout.Application.Settings;

/// <summary>Settings that lead to another system: its address, and a secret that never stands in the file itself.</summary>
internal static class SecretSetting
{
    /// <summary>An http or https address without a log-in in it.</summary>
    public static Uri Url(SettingsNode node) =>
        Uri.TryCreate(node.Text(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url.UserInfo.Length == 0 ? url : throw node.Error("no user or password in the address; they have settings of their own.")
            : throw node.Error("an address with http:// or https:// is expected here.");

    /// <summary>A folder of this machine, as <c>file:///</c> with a slash at the end, or as an absolute path.</summary>
    public static Uri Folder(SettingsNode node) =>
        Uri.TryCreate(node.Text().TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.IsFile && url.Host.Length == 0
            ? url
            : throw node.Error("a folder of this machine is expected here, such as file:///srv/exchange/erp/.");

    /// <summary>The secret that a setting points to.</summary>
    /// <exception cref="SettingsException">It is written down, or not where the setting points; the message never shows it.</exception>
    public static string Read(SettingsNode node, string folder)
    {
        if (!node.IsMap)
            throw node.Error("the password must not stand in this file, which gets copied, mailed and committed. "
                + "Point to it: {env: NAME} for an environment variable, or {file: path} for a file that only the program may read.");
        node.Allow("env", "file");
        var (variable, file) = (node.Find("env"), node.Find("file"));
        if (variable is null == file is null) throw node.Error("give either 'env' or 'file'.");
        if (variable is not null)
            return Environment.GetEnvironmentVariable(variable.Text()) is { Length: > 0 } value
                ? value
                : throw variable.Error($"the environment variable {variable.Text()} is not set or empty.");
        return FileSecret(file!, Path.Combine(folder, file!.Text()));
    }

    private static string FileSecret(SettingsNode node, string path)
    {
        try
        {
            // Editors end a file with a line break that is no part of the password.
            var secret = File.ReadAllText(path).TrimEnd('\r', '\n');
            return secret.Length > 0 ? secret : throw node.Error($"the file '{node.Text()}' is empty.");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw node.Error($"the file '{node.Text()}' cannot be read: {trouble.Message}");
        }
    }
}
