using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation;

/// <summary>Gives the results inside a fused group registers; a register is used again when its content is not needed any more.</summary>
internal sealed class RegisterAllocation
{
    private readonly Dictionary<Variable, int> lastUse = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, int> registers = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<int> free = new();
    private int position;

    public RegisterAllocation(IReadOnlyList<Node> group, IReadOnlyList<Variable> stored, int firstRegister)
    {
        Count = firstRegister;
        for (int i = 0; i < group.Count; i++)
        {
            foreach (Variable input in group[i].Inputs)
            {
                lastUse[input] = i;
            }
        }

        foreach (Variable variable in stored)
        {
            lastUse[variable] = int.MaxValue;
        }
    }

    /// <summary>The number of registers in use so far.</summary>
    public int Count { get; private set; }

    /// <summary>The register of the next node's result. It is none of its inputs' registers, so kernels never write what they read.</summary>
    public int Assign(Node node)
    {
        Variable output = node.Outputs[0];
        int register = lastUse.GetValueOrDefault(output) != int.MaxValue && free.TryPop(out int reused) ? reused : Count++;
        registers[output] = register;
        foreach (Variable input in node.Inputs.Distinct())
        {
            if (lastUse[input] == position && registers.TryGetValue(input, out int done))
            {
                free.Push(done);
            }
        }

        position++;
        return register;
    }
}
