using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Probabilities made from a score.</summary>
internal sealed record ProbabilityColumn(string Name, OutputColumn Score, bool Logits) : ScoreColumn(Name, Score.Type, Score.Output, Score.Annotations)
{
    public override Delegate Getter(CurrentScores current, Action? prepare)
    {
        if (Type is not VectorDataViewType)
        {
            ValueGetter<float> score = Score.Getter<float>(current, prepare);
            return !Logits ? score : (ValueGetter<float>)((ref float value) =>
            {
                score(ref value);
                value = 1 / (1 + MathF.Exp(-value));
            });
        }

        ValueGetter<VBuffer<float>> scores = Score.Getter<VBuffer<float>>(current, prepare);
        return !Logits ? scores : (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            scores(ref value);
            VBufferEditor<float> editor = VBufferEditor.CreateFromBuffer(ref value);
            Softmax(editor.Values);
            value = editor.Commit();
        });
    }

    private static void Softmax(Span<float> values)
    {
        float largest = float.NegativeInfinity, sum = 0;
        foreach (float value in values)
        {
            largest = MathF.Max(largest, value);
        }

        foreach (ref float value in values)
        {
            value = MathF.Exp(value - largest);
            sum += value;
        }

        foreach (ref float value in values)
        {
            value /= sum;
        }
    }
}
