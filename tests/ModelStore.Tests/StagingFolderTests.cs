using System.Diagnostics;
using TestKit;

namespace ModelStore.Tests;

/// <summary>What installs that ended in every way leave behind, and when it goes.</summary>
public sealed class StagingFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StoreFolder _store;

    public StagingFolderTests() => _store = new StoreFolder(_folder.Path);

    private string Staging => Path.Combine(_folder.Path, ".staging");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FolderOfADeadOwner_IsRemovedAtOnce_AndThatOfALivingOneStays()
    {
        string dead = Directory.CreateDirectory(Path.Combine(Staging, "tiny-dead")).FullName;
        File.WriteAllText(dead + ".owner", "");
        using ModelInstallation living = _store.Begin(Sample.Name);
        File.WriteAllText(living.PathOf("model.onnx"), "half");

        using (ModelInstallation next = _store.Begin(Sample.Name)) Assert.NotEqual(living.PathOf("x"), next.PathOf("x"));

        Assert.False(Directory.Exists(dead));
        Assert.False(File.Exists(dead + ".owner"));
        Assert.True(File.Exists(living.PathOf("model.onnx")));
    }

    [Fact]
    public void FileThatAnotherProcessHolds_IsNotTaken()
    {
        string path = _folder.File("held");
        File.WriteAllText(path, "");
        using Process other = Process.Start(new ProcessStartInfo("flock", [path, "sh", "-c", "echo taken; read line"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        Assert.Equal("taken", other.StandardOutput.ReadLine());
        using (HeldFile? held = HeldFile.TryTake(path)) Assert.Null(held);

        other.StandardInput.Close();
        other.WaitForExit();
        using HeldFile? free = HeldFile.TryTake(path);
        Assert.NotNull(free);
    }

    [Fact]
    public void Installs_AndRemovals_LeaveNothing()
    {
        Sample.Install(_store);
        Sample.Install(_store);
        _store.Remove(Sample.Name, 1);

        Assert.Empty(Directory.EnumerateFileSystemEntries(Staging));
        Assert.Equal([2], _store.Versions(Sample.Name));
    }
}
