namespace Deploy.Tests;

/// <summary>A folder with npm packages that its lock file pins; the first question installs them.</summary>
internal sealed class NpmFolder
{
    private readonly Lazy<bool> _installed;

    public NpmFolder(string path)
    {
        Path = path;
        _installed = new(Install);
    }

    public string Path { get; }

    public bool IsInstalled => _installed.Value;

    private bool Install()
    {
        if (!Tool.Exists("npm") || !Tool.Exists("node")) return false;
        // npm writes this file last, so an interrupted installation is not taken for a whole one.
        string installed = System.IO.Path.Combine(Path, "node_modules", ".package-lock.json");
        if (File.Exists(installed)
            && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(System.IO.Path.Combine(Path, "package-lock.json")))
            return true;
        // Peers of the packages are what would build a cloud's stack around them; only their files are wanted.
        string[] arguments = ["ci", "--prefix", Path, "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"];
        return Tool.Run("npm", arguments).ExitCode == 0;
    }
}
