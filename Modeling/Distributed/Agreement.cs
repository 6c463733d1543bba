using System.Runtime.InteropServices;

namespace Toolkit.Modeling.Distributed;

/// <summary>Finds out whether all processes do the same.</summary>
public static class Agreement
{
    /// <summary>Compares some things between all processes.</summary>
    /// <param name="group">The processes, which all call this with things of the same number and order.</param>
    /// <param name="items">What is compared: its name, and a number that is the same if it is the same, such as a checksum.</param>
    /// <exception cref="ProcessGroupException">Something differs. The message, the same in all processes, names the first such thing and the ranks.</exception>
    public static void Require(IProcessGroup group, params ReadOnlySpan<(string Name, ulong Checksum)> items)
    {
        var own = new ulong[items.Length];
        for (int i = 0; i < own.Length; i++)
            own[i] = items[i].Checksum;
        var all = new ulong[group.Size * own.Length];
        group.AllGather(MemoryMarshal.AsBytes(own.AsSpan()), MemoryMarshal.AsBytes(all.AsSpan()), new Purpose("comparison of what the processes are to do"));
        for (int i = 0; i < own.Length; i++)
        {
            for (int rank = 1; rank < group.Size; rank++)
            {
                if (all[(rank * own.Length) + i] != all[i])
                    throw new ProcessGroupException($"Expected the same in all processes, found that rank {rank} differs from rank 0 in {items[i].Name}.");
            }
        }
    }
}
