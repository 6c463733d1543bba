using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>Several outputs on one trunk, whose representation all of them share: y_k = head_k(trunk(x)). Source: book section 7.7, figure 7.2.</summary>
public sealed class Heads : Model
{
    private readonly Module trunk;
    private readonly (string Name, Module Module)[] heads;

    /// <summary>Outputs with names: <c>new Heads(trunk, ("price", new Dense(64, 1, random)), ("kind", new Dense(64, 3, random)))</c>.</summary>
    /// <param name="trunk">What all outputs share.</param>
    /// <param name="heads">What makes an output of the trunk's result, each with its name.</param>
    /// <exception cref="ArgumentException">There are none, or two have the same name.</exception>
    public Heads(Module trunk, params ReadOnlySpan<(string Name, Module Module)> heads)
    {
        this.trunk = trunk;
        this.heads = heads.ToArray();
        string[] names = [.. this.heads.Select(head => head.Name)];
        if (names.Length == 0 || names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new ArgumentException($"Expected outputs of distinct names, at least one, found {(names.Length == 0 ? "none" : string.Join(", ", names))}.", nameof(heads));
    }

    /// <summary>The field that the trunk reads; "input" by default.</summary>
    public string Input { get; init; } = DataLayout.Input;

    /// <inheritdoc/>
    public override IReadOnlyList<Model> Children => [trunk, .. heads.Select(head => head.Module)];

    /// <inheritdoc/>
    protected internal override string Kind => "heads";

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context)
    {
        Variable shared = trunk.Forward(inputs[Input], context);
        return new Named([.. heads.Select(head => (head.Name, head.Module.Forward(shared, context)))]);
    }
}
