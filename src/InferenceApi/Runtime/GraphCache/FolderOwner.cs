using System.Runtime.InteropServices;

namespace InferenceApi.Runtime.GraphCache;

/// <summary>The owner of a folder. .NET reads a file's mode but not its owner, who may change the mode.</summary>
internal static unsafe partial class FolderOwner
{
    // linux/stat.h and fcntl.h: resolve from the working directory, follow links, only the owner is asked for.
    private const int CurrentFolder = -100, FollowLinks = 0;
    private const uint UserId = 0x8;

    // struct statx is 256 bytes; stx_uid is at 20.
    private const int StatxBytes = 256, OwnerAt = 20;

    /// <summary>Whether only this process's user, or root, could have put files there. True where the system does not say.</summary>
    public static bool IsTrusted(string folder)
    {
        if (!OperatingSystem.IsLinux()) return true;
        byte* found = stackalloc byte[StatxBytes];
        try
        {
            if (StatX(CurrentFolder, folder, FollowLinks, UserId, found) != 0) return false;
            uint owner = *(uint*)(found + OwnerAt);
            return owner == 0 || owner == EffectiveUser();
        }
        catch (EntryPointNotFoundException)
        {
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
