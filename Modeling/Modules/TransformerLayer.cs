using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Modules;

/// <summary>One layer of a <see cref="TransformerModule"/>, with its settings.</summary>
internal sealed class TransformerLayer : Module
{
    private readonly MultiHeadAttention self;
    private readonly MultiHeadAttention? cross;
    private readonly Dense hidden, output;
    private readonly LayerNormalization[] normalizations;
    private readonly Dropout[] dropouts;
    private readonly bool isFirst;

    public TransformerLayer(TransformerModule settings, bool isCausal, int? memory, RandomSource random)
    {
        int width = settings.Width, parts = memory is null ? 2 : 3;
        self = new MultiHeadAttention(width, settings.Heads, random) { Name = "attention", Causal = isCausal, Rotary = settings.Rotary, Dropout = settings.Dropout };
        cross = memory is { } features
            ? new MultiHeadAttention(width, settings.Heads, random) { Name = "memory", MemoryWidth = features, Dropout = settings.Dropout } : null;
        hidden = new Dense(width, settings.Hidden, random) { Name = "hidden", Activation = settings.Activation };
        output = new Dense(settings.Hidden, width, random) { Name = "output" };
        normalizations = [.. Enumerable.Range(0, parts).Select(_ => new LayerNormalization(width))];
        // One behind each part, and one for the hidden units.
        dropouts = settings.Dropout > 0.0 ? [.. Enumerable.Range(0, parts + 1).Select(_ => new Dropout(settings.Dropout, random))] : [];
        isFirst = settings.NormalizeFirst;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => [self, .. cross is null ? (Module[])[] : [cross], hidden, output, .. normalizations, .. dropouts];

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context) => Build(new Named((Input, input)), context).Single;

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context)
    {
        int parts = 0;
        Variable x = Part(inputs.Count == 1 ? inputs.Single : inputs[Input], y => self.Forward(y, context));
        if (cross is not null)
            x = Part(x, y => cross.Forward(y, inputs[MultiHeadAttention.Memory], context));
        return Part(x, y => output.Forward(Dropped(^1, hidden.Forward(y, context)), context));

        Variable Part(Variable before, Func<Variable, Variable> part)
        {
            int place = parts++;
            LayerNormalization normalization = normalizations[place];
            return isFirst
                ? before + Dropped(place, part(normalization.Forward(before, context)))
                : normalization.Forward(before + Dropped(place, part(before)), context);
        }

        Variable Dropped(Index place, Variable y) => dropouts.Length == 0 ? y : dropouts[place].Forward(y, context);
    }
}
