#!/bin/sh
# slurm.sh MODEL TASK OUTPUT - one shard of a run per task of a Slurm array:
#
#     sbatch --array=1-8 examples/shards/slurm.sh model.gguf gsm8k runs/gsm8k
#
# A task that is requeued goes on where it was. When all have ended: latentmas report runs/gsm8k/*
#SBATCH --job-name=latentmas
#SBATCH --requeue
set -eu
model=$1 task=$2 folder=$3/part-$SLURM_ARRAY_TASK_ID

if [ -e "$folder/config.json" ]; then
    exec latentmas run --resume "$folder"
fi
exec latentmas run -m "$model" --task "$task" --output "$folder" \
    --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
