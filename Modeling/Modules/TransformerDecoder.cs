using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Layers that write a sequence while they read another one: attention of the sequence to itself, in which no step sees a later one, attention to a memory, such as what a
/// <see cref="TransformerEncoder"/> gives for the other sequence, then the network of each step. Options and source: <see cref="TransformerModule"/>.
/// </summary>
/// <remarks>Input [batch, steps, width] and memory [batch, places, memory width], under the names "input" and "memory"; result [batch, steps, width]. To learn, the input is the
/// sequence to write, moved one step on: <c>decoder.Forward(shifted, encoder.Forward(source, context), context)</c>.</remarks>
public sealed class TransformerDecoder : TransformerModule
{
    /// <summary>Layers with random weights.</summary>
    /// <param name="width">The number of features of one step, at least 2.</param>
    /// <param name="heads">The number of heads, a divisor of the width as a rule.</param>
    /// <param name="random">Gives the layers a stream of their own; advanced.</param>
    public TransformerDecoder(int width, int heads, RandomSource random)
        : base(width, heads, random)
    {
    }

    /// <summary>The number of features of one place of the memory; by default the width.</summary>
    public int MemoryWidth { get => field > 0 ? field : Width; init => field = Settings.AtLeastOne(value); }

    /// <inheritdoc/>
    protected internal override string Kind => "decoder";

    private protected override bool IsCausal => true;

    private protected override int? MemoryOf => MemoryWidth;

    /// <summary>Applies the layers.</summary>
    /// <param name="input">The sequence to write, [batch, steps, width].</param>
    /// <param name="memory">The sequence that is read, [batch, places, memory width].</param>
    /// <param name="context">The mode, and the lengths of ragged axes.</param>
    /// <returns>[batch, steps, width].</returns>
    public Variable Forward(Variable input, Variable memory, ForwardContext context) =>
        Forward(new Named((Input, input), (MultiHeadAttention.Memory, memory)), context).Single;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context) => Build(new Named((Input, input)), context).Single;

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context)
    {
        Variable input = inputs.Count == 1 ? inputs.Single : inputs[Input];
        Check(input);
        return inputs.TryGetValue(MultiHeadAttention.Memory, out Variable? memory)
            ? Through(input, memory, context)
            : throw new GraphException($"{Title} expects a \"{MultiHeadAttention.Memory}\" beside its input, found {inputs}; without one, a causal {nameof(TransformerEncoder)} does it.");
    }
}
