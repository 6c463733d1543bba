using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The label that a score predicts: the key or name of the largest, or whether the probability is above a threshold.</summary>
internal sealed record PredictedLabelColumn(
    string Name, DataViewType Type, ProbabilityColumn Probability, DataViewSchema.Annotations? Annotations, ClassLabels? Labels, double Threshold)
    : ScoreColumn(Name, Type, Probability.Output, Annotations)
{
    public override Delegate Getter(CurrentScores current, Action? prepare)
    {
        if (Type is BooleanDataViewType)
        {
            ValueGetter<float> probability = Probability.Getter<float>(current, prepare);
            float kept = 0;
            return (ValueGetter<bool>)((ref bool value) =>
            {
                probability(ref kept);
                value = kept > Threshold;
            });
        }

        ValueGetter<VBuffer<float>> scores = Probability.Score.Getter<VBuffer<float>>(current, prepare);
        VBuffer<float> vector = default;
        if (Type is TextDataViewType)
        {
            return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) =>
            {
                scores(ref vector);
                uint key = Key(vector.GetValues());
                value = key == 0 ? ReadOnlyMemory<char>.Empty : Labels!.Names[(int)key - 1].AsMemory();
            });
        }

        return (ValueGetter<uint>)((ref uint value) =>
        {
            scores(ref vector);
            value = Key(vector.GetValues());
        });
    }

    /// <summary>The number of the largest score, from 1; ties go to the first, and 0, ML.NET's missing key, stands where a score is not a number.</summary>
    private static uint Key(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
            {
                return 0;
            }

            best = scores[i] > scores[best] ? i : best;
        }

        return (uint)best + 1;
    }
}
