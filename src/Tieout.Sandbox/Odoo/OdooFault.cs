namespace Tieout.Sandbox.Odoo;

/// <summary>An error of Odoo's: a class and a text. It comes with HTTP 200, and the call it ends is rolled back.</summary>
internal sealed class OdooFault : Exception
{
    public OdooFault(string name, string message, int code = 200) : base(message) => (Name, Code) = (name, code);

    public OdooFault() : this("odoo.exceptions.UserError", "") { }

    public OdooFault(string message) : this("odoo.exceptions.UserError", message) { }

    public OdooFault(string message, Exception inner) : base(message, inner) => Name = "odoo.exceptions.UserError";

    /// <summary>Class of the exception.</summary>
    public string Name { get; }

    /// <summary>200, or 100 for a session that is over.</summary>
    public int Code { get; }

    public static OdooFault Missing(string model, long id) => new(
        "odoo.exceptions.MissingError", FormattableString.Invariant($"Record does not exist or has been deleted.\n(Record: {model}({id},), User: 2)"));

    public static OdooFault Validation(string message) => new("odoo.exceptions.ValidationError", message);

    public static OdooFault Value(string message) => new("builtins.ValueError", message);

    public static OdooFault Denied() => new("odoo.exceptions.AccessDenied", "Access Denied");

    public static OdooFault SessionExpired() => new("odoo.http.SessionExpiredException", "Session expired", 100);
}
