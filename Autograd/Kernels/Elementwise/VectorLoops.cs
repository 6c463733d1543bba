using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>The generated loops of one function: chains of the same structure, such as the updates of all parameters, share one.</summary>
internal sealed class VectorLoops
{
    private readonly Dictionary<string, VectorLoop?> loops = [];

    /// <summary>The loop of a chain; see <see cref="VectorLoop.Of"/>.</summary>
    public VectorLoop? Get(
        ElementwiseInstruction[] instructions, ElementwiseLeaf[] leaves, bool[] constant, ElementwiseStore[] stores, int registers, DType[] types)
    {
        string key = string.Join(
            ' ',
            [
                .. instructions.Select(i => $"{i.Kernel.Name}({string.Join(',', i.Inputs)})→{i.Output}"),
                .. leaves.Select((l, i) => $"{l.Register}{(constant[i] ? "!" : string.Empty)}"),
                .. stores.Select(s => $"={s.Register}"),
                .. types.Select(t => t.ToString()),
            ]);
        lock (loops)
        {
            if (!loops.TryGetValue(key, out VectorLoop? loop))
            {
                loops[key] = loop = VectorLoop.Of(instructions, leaves, constant, stores, registers, types);
            }

            return loop;
        }
    }
}
