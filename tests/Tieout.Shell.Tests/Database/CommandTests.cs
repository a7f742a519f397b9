using Tieout.Application.Database.Embedded;

namespace Tieout.Shell.Tests.Database;

public sealed class CommandTests
{
    [Fact]
    public void A_program_of_the_system_is_found_by_path_and_never_in_the_folder_somebody_stands_in()
    {
        Path.IsPathRooted(Command.PathOf("sh")).ShouldBeTrue();
        File.Exists(Command.PathOf("sh")).ShouldBeTrue();
        Command.PathOf("/bin/sh").ShouldBe("/bin/sh");
        var here = Path.Combine(Environment.CurrentDirectory, "tieout-no-such-program");
        File.WriteAllText(here, "");
        try
        {
            Command.PathOf("tieout-no-such-program").ShouldBe("tieout-no-such-program");
        }
        finally
        {
            File.Delete(here);
        }
    }
}
